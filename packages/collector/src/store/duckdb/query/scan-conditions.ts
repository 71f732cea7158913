import type { Query } from '../database/query-pool.js';

type Values = NonNullable<Query['values']>;

/** Conditions joined by AND, and what is bound to their `$name`s. */
export class ScanConditions {
  readonly #sql: string[];
  readonly values: Values;

  constructor(sql: readonly string[] = [], values: Values = {}) {
    this.#sql = [...sql];
    this.values = { ...values };
  }

  /** The WHERE clause, or nothing. */
  get where(): string {
    return this.#sql.length === 0 ? '' : `WHERE ${this.#sql.join('\n  AND ')}`;
  }

  add(sql: string, values: Values): void {
    this.#sql.push(sql);
    Object.assign(this.values, values);
  }

  /** These and one more. */
  with(sql: string, values: Values): ScanConditions {
    return new ScanConditions([...this.#sql, sql], { ...this.values, ...values });
  }
}
