import { StoreError } from '../../errors.js';

/** A piece of a statement as ClickHouse's own lexer cuts it. Comments and white space are none. */
export interface Token {
  readonly kind: 'name' | 'quoted name' | 'text' | 'number' | 'sign';
  /** As it stands in the statement. */
  readonly text: string;
  /** In lower case and without quotes, to compare with; a text has none, whatever it says. */
  readonly word: string;
}

/** The first that matches at a place is the token; what matches none is refused. */
const PATTERNS: readonly { readonly kind: Token['kind'] | 'nothing'; readonly pattern: RegExp }[] = [
  { kind: 'nothing', pattern: /[ \t\r\n\f\v]+|--[^\n]*|\/\/[^\n]*|#[ !][^\n]*/y },
  { kind: 'text', pattern: /'(?:[^'\\]|\\.|'')*'/sy },
  { kind: 'quoted name', pattern: /"[^"\\]*"|`[^`\\]*`/sy },
  {
    kind: 'number',
    pattern: /0[xX][0-9a-fA-F]+|0[bB][01]+|(?:\d[\d_]*)(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y,
  },
  { kind: 'name', pattern: /[A-Za-z_][A-Za-z0-9_]*/y },
  { kind: 'sign', pattern: /::|->|<=>|<=|>=|<>|!=|==|\|\||[()[\]{},;.*/+\-%<>=!:?@$&|^~]/y },
];

const COMMENT_BEGIN = '/*';
const COMMENT_END = '*/';

/** @throws StoreError `sql_refused` for anything that is no token, such as a text without an end */
export function readTokens(sql: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < sql.length) {
    if (sql.startsWith(COMMENT_BEGIN, position)) {
      position = endOfComment(sql, position);
      continue;
    }
    const { kind, text } = matchElement(sql, position, tokens.at(-1)) ?? matchAt(sql, position);
    position += text.length;
    // Two texts side by side must not become one when they are put together again; a space is between all of them.
    if (kind !== 'nothing') tokens.push({ kind, text, word: wordOf(kind, text) });
  }
  return tokens;
}

/** Comments in comments are read as ClickHouse reads them; none of it is sent. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let position = start; position < sql.length; ) {
    if (sql.startsWith(COMMENT_BEGIN, position)) depth += 1;
    else if (sql.startsWith(COMMENT_END, position)) depth -= 1;
    else {
      position += 1;
      continue;
    }
    position += 2;
    if (depth === 0) return position;
  }
  throw refusedAt(start);
}

const BEFORE_DOT = /^[\w"`)\]]/;
const DIGITS = /\d+/y;

/** `t.1` is the first element of a tuple, and `t.1.2` one of that; elsewhere `.1` is a number. */
function matchElement(
  sql: string,
  position: number,
  last: Token | undefined,
): Pick<Token, 'kind' | 'text'> | undefined {
  if (sql[position] === '.' && last && last.kind !== 'text' && BEFORE_DOT.test(last.text.slice(-1))) {
    return { kind: 'sign', text: '.' };
  }
  DIGITS.lastIndex = position;
  const digits = last?.text === '.' ? DIGITS.exec(sql)?.[0] : undefined;
  return digits === undefined ? undefined : { kind: 'number', text: digits };
}

function matchAt(sql: string, position: number): { kind: Token['kind'] | 'nothing'; text: string } {
  for (const { kind, pattern } of PATTERNS) {
    pattern.lastIndex = position;
    const text = pattern.exec(sql)?.[0];
    if (text) return { kind, text };
  }
  throw refusedAt(position);
}

function wordOf(kind: Token['kind'], text: string): string {
  if (kind === 'text') return '';
  return (kind === 'quoted name' ? text.slice(1, -1) : text).toLowerCase();
}

function refusedAt(position: number): StoreError {
  return new StoreError('sql_refused', `The statement is refused: it cannot be read at character ${position + 1}.`);
}
