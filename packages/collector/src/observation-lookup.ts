import { setTimeout as delay } from 'node:timers/promises';
import { storeBehind } from './errors.js';
import type { Queue } from './queue/contract.js';
import type { ObservationLookup } from './receivers/langfuse/lookup.js';
import type { Store } from './store/contract.js';

export interface ObservationLookupSettings {
  readonly queue: Queue;
  readonly store: Store;
  /** The name under which the store reads the queue. */
  readonly destination: string;
  /** How long the store may take to reach a mark. @default 5,000 */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5000;
/** The store writes every 100 ms; asking more often would find nothing new. */
const POLL_INTERVAL_MS = 20;

/** Looks observations up in the store, once it has come as far as the queue was at a mark. */
export function createObservationLookup(settings: ObservationLookupSettings): ObservationLookup {
  const { queue, store, timeoutMs = DEFAULT_TIMEOUT_MS } = settings;

  /** How many entries the store has dealt with. */
  function reached(): number {
    const { nextId, backlog } = queue.stats();
    return nextId - 1 - (backlog[settings.destination] ?? 0);
  }

  async function reach(mark: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (reached() < mark) {
      if (performance.now() >= deadline) throw storeBehind();
      await delay(POLL_INTERVAL_MS);
    }
  }

  const traces = new TraceQuestions(store);
  return {
    isExclusive: !queue.isShared,
    mark: () => queue.stats().nextId - 1,
    async storedTraces(traceIds, mark) {
      if (traceIds.length === 0) return NO_TRACES;
      await reach(mark);
      return traces.storedAmong(traceIds);
    },
    async find(traceId, spanId, mark) {
      await reach(mark);
      const { rows } = await store.scan({ what: 'observations', traceId, spanId, limit: 1 });
      const [row] = rows;
      return row?.kind === 'observation' ? row : undefined;
    },
  };
}

const NO_TRACES: ReadonlySet<string> = new Set();

/** As many as the store answers at once. */
const MAX_TRACES_A_QUESTION = 500;

interface Question {
  readonly traceIds: Set<string>;
  /** Those of them that are stored. */
  readonly answer: Promise<ReadonlySet<string>>;
}

/**
 * Asks the store about many traces at once, those of several batches of events together: a question costs the store
 * about the same for one as for hundreds. What comes while it answers is asked next.
 */
class TraceQuestions {
  readonly #store: Store;
  /** Not asked yet, and open for more. */
  #next: Question | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  async storedAmong(traceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const isStored = await Promise.all(traceIds.map(async (traceId) => (await this.#add(traceId)).has(traceId)));
    return new Set(traceIds.filter((_, place) => isStored[place]));
  }

  /** The answer to the question that the trace goes into; of more traces than this one. */
  #add(traceId: string): Question['answer'] {
    const question = this.#next ?? this.#open();
    question.traceIds.add(traceId);
    if (question.traceIds.size >= MAX_TRACES_A_QUESTION) this.#next = undefined;
    return question.answer;
  }

  #open(): Question {
    const traceIds = new Set<string>();
    const answer = this.#last.then(() => {
      if (this.#next?.traceIds === traceIds) this.#next = undefined;
      return this.#ask([...traceIds]);
    });
    // Who asked sees the failure; the next question is asked all the same.
    this.#last = answer.catch(() => undefined);
    this.#next = { traceIds, answer };
    return this.#next;
  }

  async #ask(traceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const stored = await this.#store.summaries(traceIds, {});
    return new Set(stored.map(({ traceId }) => traceId));
  }
}
