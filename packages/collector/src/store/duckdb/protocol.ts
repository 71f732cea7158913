/** Messages between the store's two sides. Ids rise from 1 and belong to one thread's life. */
import type { Store, StoreWriteResult } from '../contract.js';
import type { StoreErrorCode } from '../errors.js';

/** Many payloads, one behind the other in shared memory. */
export interface PackedBatch {
  readonly bytes: SharedArrayBuffer;
  readonly lengths: readonly number[];
  readonly cursor: number | undefined;
}

/** What can be called, with its arguments and result. */
export interface StoreCalls {
  cursor: CallOf<'cursor'>;
  write: { args: [PackedBatch]; result: StoreWriteResult };
  listTraces: CallOf<'listTraces'>;
  trace: CallOf<'trace'>;
  observation: CallOf<'observation'>;
  summaries: CallOf<'summaries'>;
  facets: CallOf<'facets'>;
  series: CallOf<'series'>;
  counts: CallOf<'counts'>;
  scan: CallOf<'scan'>;
  sql: CallOf<'sql'>;
  prune: CallOf<'prune'>;
  healthy: CallOf<'healthy'>;
  close: { args: []; result: undefined };
}

interface CallOf<Method extends Exclude<keyof Store, 'kind'>> {
  args: Parameters<Store[Method]>;
  result: Awaited<ReturnType<Store[Method]>>;
}

export type StoreMethod = keyof StoreCalls;

export interface StoreRequest<Method extends StoreMethod = StoreMethod> {
  readonly id: number;
  readonly method: Method;
  readonly args: StoreCalls[Method]['args'];
}

export interface StoreFault {
  readonly code: StoreErrorCode;
  readonly message: string;
}

export type StoreReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly fault: StoreFault }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly fault: StoreFault };
