import { StoreError } from '../../errors.js';
import { SQL_VIEWS } from '../../sql-views.js';
import { readTokens, type Token } from './tokens.js';

/**
 * What a statement may do, decided on its tokens; what is sent is put together from these tokens again, so that there is
 * nothing in it which was not looked at. Besides, ClickHouse runs it with `readonly = 1`, under which it refuses to
 * write, to change settings, and most table functions.
 */

/** What ClickHouse has beside our views; asked of it, since its versions differ. */
export interface Surroundings {
  readonly databases: readonly string[];
  readonly tables: readonly string[];
  readonly tableFunctions: readonly string[];
}

/** Table functions that make rows out of their arguments, and functions of the same name as others. */
const HARMLESS_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'generateseries',
  'generate_series',
  'primes',
  'values',
  'sqlstandardvalues',
  'null',
  'format',
]);

/** Functions that read files, dictionaries, other tables or the server's own affairs, or only take time. */
const PRIVATE_FUNCTION =
  /^(file|dict|joinget|getsetting|getserversetting|getmergetreesetting|getmacro|catboost|evalmlmethod|sleep|addressto|demangle|filesystem|hostname|fqdn|servertimezone|serveruuid|tcpport|currentuser|user$|authenticateduser|initialuser|currentroles|enabledroles|defaultroles|currentprofiles|enabledprofiles|defaultprofiles|connectionid|queryid|initialqueryid|currentqueryid|hascolumnintable|showcertificate|transaction|zookeeper|throwif$|runningaccumulate|shardnum|shardcount|getoskernel|buildid|uptime|version$|structuretocapnproto|structuretoprotobuf|encrypt|decrypt|aes_|ai|embed|url$|executable)/;

/** Words that begin another statement where one may stand in brackets. */
const OTHER_STATEMENTS: ReadonlySet<string> = new Set(['show', 'explain', 'describe', 'desc', 'exists', 'insert']);

const ALWAYS_FOREIGN = ['system', 'information_schema', 'default'];

const VIEW_NAMES = SQL_VIEWS.map(({ name }) => name);

/**
 * The statement as it is sent.
 *
 * @throws StoreError `sql_refused`
 */
export function checkStatement(sql: string, surroundings: Surroundings): string {
  const tokens = withoutLastSemicolon(readTokens(sql));
  const first = tokens[0];
  if (!first) throw refused('it is empty');
  if (!['select', 'with', '('].includes(first.word)) throw refused('only SELECT is allowed');
  const foreign = new Set([...ALWAYS_FOREIGN, ...surroundings.databases].map((name) => name.toLowerCase()));
  const hidden = new Set(surroundings.tables.map((name) => name.toLowerCase()));
  for (const name of VIEW_NAMES) hidden.delete(name);
  const functions = new Set(surroundings.tableFunctions.map((name) => name.toLowerCase()));
  for (const [index, token] of tokens.entries()) {
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    if (token.kind === 'sign') checkSign(token);
    if (token.kind === 'text') checkText(before);
    if (token.kind === 'name' || token.kind === 'quoted name')
      checkName(token, { before, after, foreign, hidden, functions });
  }
  return tokens.map(({ text }) => text).join(' ');
}

interface Place {
  readonly before: Token | undefined;
  readonly after: Token | undefined;
  readonly foreign: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
}

function checkName({ kind, word }: Token, { before, after, foreign, hidden, functions }: Place): void {
  if (after?.word === '.' && before?.word !== '.' && foreign.has(word)) {
    throw refused(`${word} is not for queries; there are the views ${VIEW_NAMES.join(', ')}`);
  }
  if (hidden.has(word) && before?.word !== '.') {
    throw refused(`there is no view ${word}; there are ${VIEW_NAMES.join(', ')}`);
  }
  if (after?.word === '(' && before?.word !== '.') checkFunction(word, functions);
  if (kind === 'name' && before?.word === '(' && after?.word !== '(' && OTHER_STATEMENTS.has(word)) {
    if (word !== 'desc' || after?.kind === 'name') throw refused(`${word.toUpperCase()} is not for queries`);
  }
  if (kind === 'name' && word === 'outfile' && before?.word === 'into')
    throw refused('INTO OUTFILE is not for queries');
}

function checkFunction(word: string, tableFunctions: ReadonlySet<string>): void {
  const isTableFunction = tableFunctions.has(word) && !HARMLESS_TABLE_FUNCTIONS.has(word);
  if (isTableFunction || PRIVATE_FUNCTION.test(word)) throw refused(`the function ${word} is not for queries`);
}

function checkSign({ word }: Token): void {
  if (word === ';') throw refused('one statement a call, and these are more');
  // Parameters, whose values nobody gives here; `$` begins a kind of text that is not read here.
  if (['{', '}', '$', '?', '@'].includes(word)) throw refused(`the sign ${word} is not for queries`);
}

/** Where an embedded engine would open a file. */
function checkText(before: Token | undefined): void {
  if (before?.word === 'from' || before?.word === 'join') throw refused('a text is no view');
}

function withoutLastSemicolon(tokens: readonly Token[]): readonly Token[] {
  return tokens.at(-1)?.word === ';' ? tokens.slice(0, -1) : tokens;
}

export function refused(message: string): StoreError {
  return new StoreError('sql_refused', `The statement is refused: ${message}.`);
}
