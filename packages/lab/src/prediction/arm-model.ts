import { type CpuConstant, MIB } from './constants.js';
import type { SpanFacts, ValueFacts } from './span-facts.js';

/**
 * When the calling thread pays. Direct: inside the call that is traced. Deferred: later, by a timer, a promise or a
 * batch. What other threads do is no part of it.
 */
export type When = 'direct' | 'deferred';

/** So many times a constant for each span. */
export interface Term {
  readonly when: When;
  readonly constant: CpuConstant;
  readonly times: number;
}

/** What a library does on the calling thread for a span, counted in its sources. */
export interface ArmModel {
  /** Sums to the cost of a span, in the constants' terms. */
  readonly terms: (facts: SpanFacts, captures: boolean) => readonly Term[];
  /** How many spans leave at once; 0 where no work of a batch is done on the calling thread. */
  readonly batchSpans: (facts: SpanFacts) => number;
  /** How much of the time another thread of the library works while the calling thread does; 0 where it has none. */
  readonly besideShare?: (facts: SpanFacts) => number;
  /** What it does besides, which nobody has counted. */
  readonly leftOut: string;
}

/** Counts by constant. */
export type Counts = Partial<Record<CpuConstant, number>>;

/** Terms of one kind. */
export function termsOf(when: When, counts: Counts): Term[] {
  return (Object.entries(counts) as [CpuConstant, number][])
    .filter(([, times]) => times > 0)
    .map(([constant, times]) => ({ when, constant, times }));
}

/**
 * What every library that carries a context has on Node up to 22: running it, and promise hooks at each await, which the
 * untraced work does not have.
 */
export function contextCounts({ awaits }: SpanFacts, runs = 1): Counts {
  return { contextReadNs: runs, contextRunNs: runs, contextAwaitNs: awaits };
}

/** What the lab's arms add where a library has no active span: a context of their own, and the promise followed. */
export function byHandCounts(facts: SpanFacts): Counts {
  return addCounts(contextCounts(facts), { wrapCallNs: 1, promiseFollowNs: 1, smallObjectNs: 2 });
}

/** `JSON.stringify` of captured values; texts pass as they are. */
export function jsonCounts(values: readonly ValueFacts[]): Counts {
  const objects = values.filter(({ isText }) => !isText);
  return {
    jsonCallNs: objects.length,
    jsonPropertyNs: sum(objects, ({ properties }) => properties),
    jsonNsPerKichar: sum(objects, ({ kichars }) => kichars),
  };
}

/** Characters of the values once they are text, in units of 1,024. */
export function textKichars(values: readonly ValueFacts[]): number {
  return sum(values, ({ jsonKichars }) => jsonKichars);
}

/** Smaller buffers are cut from memory that the process already has. */
const FRESH_FROM_BYTES = 128 * 1024;

/**
 * Requests and their bytes for each span, where so many spans share one.
 *
 * @param buffers how many buffers of a request's size the library fills on the way; large ones are fresh memory
 */
export function postCounts(spansPerPost: number, bodyBytesPerSpan: number, buffers: number): Counts {
  const isFresh = spansPerPost * bodyBytesPerSpan >= FRESH_FROM_BYTES;
  return {
    // Spans that leave one by one do so by the burst.
    ...(spansPerPost > 1 ? { postUs: 1 / spansPerPost } : { postsUs: 1 }),
    postUsPerMib: bodyBytesPerSpan / MIB,
    freshUsPerMib: isFresh ? (buffers * bodyBytesPerSpan) / MIB : 0,
  };
}

/** The same by the global `fetch`. */
export function fetchCounts(spansPerPost: number, bodyBytesPerSpan: number, buffers: number): Counts {
  const { freshUsPerMib = 0 } = postCounts(spansPerPost, bodyBytesPerSpan, buffers);
  return { fetchUs: 1 / spansPerPost, fetchUsPerMib: bodyBytesPerSpan / MIB, freshUsPerMib };
}

/** Bytes of a text of so many characters in UTF-8; Vietnamese takes about 1.3 a character. */
export function utf8Bytes({ charset }: SpanFacts, kichars: number): number {
  return kichars * 1_024 * (charset === 'oneByte' ? 1 : 1.3);
}

/** How many spans a sender takes that sends when enough wait or when its timer falls due. */
export function spansPerSend({ spans, spansPerSecond }: SpanFacts, atMost: number, timerMs: number): number {
  const inTime = (spansPerSecond * timerMs) / 1_000;
  return Math.max(1, Math.min(atMost, inTime, spans));
}

/** Adds counts of the same constant. */
export function addCounts(...all: readonly Counts[]): Counts {
  const total: Counts = {};
  for (const counts of all) {
    for (const [constant, times] of Object.entries(counts) as [CpuConstant, number][]) {
      total[constant] = (total[constant] ?? 0) + times;
    }
  }
  return total;
}

function sum<Item>(items: readonly Item[], read: (item: Item) => number): number {
  return items.reduce((total, item) => total + read(item), 0);
}
