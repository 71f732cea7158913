import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '../../errors.js';
import { SQL_VIEWS } from '../../sql-views.js';

/**
 * What a statement may do, decided on the syntax tree that the engine's own parser makes of it. Everything is refused but
 * what is named here: one SELECT, that reads the views and what it defines itself, by functions without side effects.
 */

const SHOWN_VIEWS: ReadonlySet<string> = new Set(SQL_VIEWS.map(({ name }) => name));

/** Functions that make rows out of their arguments. Others read files, settings, internals, or change them. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set(['range', 'generate_series', 'unnest', 'json_each', 'json_tree']);

/** What may stand behind FROM. `SHOW_REF` is DESCRIBE and SUMMARIZE of a query. */
const TABLE_KINDS: ReadonlySet<string> = new Set([
  'BASE_TABLE',
  'EMPTY',
  'EXPRESSION_LIST',
  'JOIN',
  'PIVOT',
  'SHOW_REF',
  'SUBQUERY',
  'TABLE_FUNCTION',
]);

/** Of the functions that the engine calls volatile, those that do nothing but answer. */
const HARMLESS_VOLATILE: ReadonlySet<string> = new Set([
  'random',
  'uuid',
  'uuidv4',
  'uuidv7',
  'gen_random_uuid',
  'error',
]);

/** Not volatile, and none of a reader's business. */
const PRIVATE_FUNCTIONS = ['current_setting', 'getvariable', 'getenv'];

const REFUSED_FUNCTIONS_SQL = `SELECT DISTINCT lower(function_name) FROM duckdb_functions()
WHERE stability = 'VOLATILE' OR has_side_effects`;

/** Whether a statement may run; made once, since the engine's list of functions does not change. */
export class StatementCheck {
  readonly #connection: DuckDBConnection;
  readonly #refusedFunctions: ReadonlySet<string>;

  private constructor(connection: DuckDBConnection, refusedFunctions: ReadonlySet<string>) {
    this.#connection = connection;
    this.#refusedFunctions = refusedFunctions;
  }

  static async create(connection: DuckDBConnection): Promise<StatementCheck> {
    const reader = await connection.runAndReadAll(REFUSED_FUNCTIONS_SQL);
    const names = reader.getRowsJS().map(([name]) => String(name));
    const refused = names.filter((name) => !HARMLESS_VOLATILE.has(name));
    return new StatementCheck(connection, new Set([...refused, ...PRIVATE_FUNCTIONS]));
  }

  /** @throws StoreError `sql_refused` */
  async check(sql: string): Promise<void> {
    const reader = await this.#connection.runAndReadAll('SELECT json_serialize_sql(CAST($sql AS VARCHAR))', { sql });
    const tree = JSON.parse(String(reader.getRowsJS()[0]?.[0])) as SerializedSql;
    if (tree.error) throw refused(messageOf(tree));
    if (tree.statements?.length !== 1) throw refused(`one statement a call, and these are ${tree.statements?.length}`);
    this.#walk(tree.statements[0], new Set());
  }

  /** @param named tables that a WITH around this place defines */
  #walk(part: unknown, named: ReadonlySet<string>): void {
    if (typeof part !== 'object' || part === null) return;
    if (Array.isArray(part)) {
      for (const each of part) this.#walk(each, named);
      return;
    }
    const node = part as Node;
    const inScope = node.cte_map ? new Set([...named, ...cteNames(node.cte_map)]) : named;
    if (isTableReference(node)) checkTable(node, inScope);
    if (typeof node.function_name === 'string') this.#checkFunction(node.function_name);
    for (const child of Object.values(node)) this.#walk(child, inScope);
  }

  #checkFunction(name: string): void {
    if (this.#refusedFunctions.has(name.toLowerCase())) throw refused(`the function ${name} is not for queries`);
  }
}

interface SerializedSql {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}

type Node = Readonly<Record<string, unknown>> & {
  readonly cte_map?: { readonly map?: readonly { readonly key?: unknown }[] };
  readonly function?: Node;
};

/** Expressions have a class; the parts of a query have no alias; a table reference has the one and not the other. */
function isTableReference(node: Node): boolean {
  if (typeof node.type !== 'string' || 'class' in node) return false;
  return ('alias' in node && 'sample' in node) || 'table_name' in node;
}

function checkTable(node: Node, named: ReadonlySet<string>): void {
  const kind = String(node.type);
  if (!TABLE_KINDS.has(kind)) throw refused(`${kind} is not for queries`);
  if (kind === 'BASE_TABLE') checkTableName(node, named);
  if (kind === 'TABLE_FUNCTION') {
    const name = String(node.function?.function_name);
    if (!TABLE_FUNCTIONS.has(name.toLowerCase())) throw refused(`the table function ${name} is not for queries`);
  }
  if (kind === 'SHOW_REF' && !node.query) throw refused('SHOW is not for queries; use DESCRIBE and one of the views');
}

function checkTableName(node: Node, named: ReadonlySet<string>): void {
  const name = String(node.table_name).toLowerCase();
  const isQualified = node.schema_name !== '' || node.catalog_name !== '';
  if (!isQualified && (named.has(name) || SHOWN_VIEWS.has(name))) return;
  throw refused(`there is no view ${String(node.table_name)}; there are ${[...SHOWN_VIEWS].join(', ')}`);
}

function cteNames({ map }: NonNullable<Node['cte_map']>): string[] {
  return (map ?? []).map(({ key }) => String(key).toLowerCase());
}

function messageOf({ error_type: type, error_message: message }: SerializedSql): string {
  return type === 'not implemented' ? 'only SELECT is allowed' : String(message);
}

export function refused(message: string): StoreError {
  return new StoreError('sql_refused', `The statement is refused: ${message}.`);
}
