export { type CreateClickHouseStoreOptions, createClickHouseStore } from './clickhouse/store.js';
export type { Store, StoreBatch, StoreCounts, StoreWriteResult } from './contract.js';
export { type CreateDuckDbStoreOptions, createDuckDbStore, type DuckDbStore } from './duckdb/store.js';
export { STORE_ERROR_CODES, StoreError, type StoreErrorCode } from './errors.js';
