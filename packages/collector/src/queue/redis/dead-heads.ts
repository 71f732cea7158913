import type { SetAsideSummary } from '../contract.js';
import type { RedisOutcome } from './fault.js';
import type { RedisLink } from './link.js';
import { DEAD_HEADS_SCRIPT, DEAD_STATE_SCRIPT } from './scripts.js';
import { DEAD_STREAM } from './stream-names.js';

/** What is known of a dead letter without its payload. */
export interface DeadHead {
  /** Its place in the dead stream. */
  readonly id: string;
  readonly bytes: number;
  /** The destination that could not have it. */
  readonly group: string;
  readonly reason: string;
  /** When it was set aside first, in milliseconds since the epoch. */
  readonly atMs: number;
}

/** Entries of one look: the server reads them whole to leave out what is large. */
const PAGE_ENTRIES = 50;
/** The stream is bounded, and this ends a walk all the same. */
const MAX_PAGES = 200;
/** Anyone can write to the stream. */
const MAX_COUNTED_REASONS = 1000;
const TIME_PATTERN = /^\d{1,15}$/;

const NOTHING: SetAsideSummary = { entries: 0, bytes: 0, oldestMs: undefined, reasons: new Map() };

/** The dead letters of all destinations, by what stands before their payloads. */
export class DeadHeads {
  readonly #link: RedisLink;
  #summaries: ReadonlyMap<string, SetAsideSummary> = new Map();
  /** What the stream was like when they were made. */
  #state = '';
  #summing: Promise<void> | undefined;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  /** As it was seen last, where Redis does not answer. */
  async summaryOf(group: string): Promise<SetAsideSummary> {
    this.#summing ??= this.#sumUp().finally(() => {
      this.#summing = undefined;
    });
    await this.#summing;
    return this.#summaries.get(group) ?? NOTHING;
  }

  /** Pages of those that are there now, the oldest first, and none that comes meanwhile. */
  async *pages(): AsyncGenerator<RedisOutcome<readonly DeadHead[]>> {
    const state = await this.#readState();
    if (state.kind === 'failed') yield state;
    else if (state.value !== undefined) yield* this.#pagesUpTo(state.value.lastId);
  }

  async *#pagesUpTo(lastId: string): AsyncGenerator<RedisOutcome<readonly DeadHead[]>> {
    let from = '-';
    for (let page = 0; page < MAX_PAGES; page++) {
      const args = [from, lastId, PAGE_ENTRIES];
      const outcome = await this.#link.run((client) => client.eval(DEAD_HEADS_SCRIPT, 1, DEAD_STREAM, ...args));
      if (outcome.kind === 'failed') {
        yield outcome;
        return;
      }
      const heads = (outcome.value as readonly (readonly [string, number, string, string, string])[]).map(toHead);
      const last = heads.at(-1);
      if (last === undefined) return;
      yield { kind: 'ok', value: heads };
      from = `(${last.id}`;
    }
  }

  async #sumUp(): Promise<void> {
    const state = await this.#readState();
    if (state.kind === 'failed' || state.value?.text === this.#state) return;
    const byGroup = new Map<string, Sum>();
    if (state.value !== undefined) {
      for await (const page of this.#pagesUpTo(state.value.lastId)) {
        if (page.kind === 'failed') return;
        for (const head of page.value) addTo(byGroup, head);
      }
    }
    this.#summaries = byGroup;
    this.#state = state.value?.text ?? '';
  }

  async #readState(): Promise<RedisOutcome<{ readonly lastId: string; readonly text: string } | undefined>> {
    const outcome = await this.#link.run((client) => client.eval(DEAD_STATE_SCRIPT, 1, DEAD_STREAM));
    if (outcome.kind === 'failed') return outcome;
    if (outcome.value === null) return { kind: 'ok', value: undefined };
    const [lastId, text] = outcome.value as readonly [string, string];
    return { kind: 'ok', value: { lastId, text } };
  }
}

interface Sum extends SetAsideSummary {
  entries: number;
  bytes: number;
  oldestMs: number;
  readonly reasons: Map<string, number>;
}

function addTo(byGroup: Map<string, Sum>, { group, bytes, reason, atMs }: DeadHead): void {
  const sum = byGroup.get(group) ?? { entries: 0, bytes: 0, oldestMs: atMs, reasons: new Map<string, number>() };
  byGroup.set(group, sum);
  sum.entries += 1;
  sum.bytes += bytes;
  sum.oldestMs = Math.min(sum.oldestMs, atMs);
  const counted = sum.reasons.has(reason) || sum.reasons.size < MAX_COUNTED_REASONS ? reason : 'other reasons';
  sum.reasons.set(counted, (sum.reasons.get(counted) ?? 0) + 1);
}

/** Of one that an earlier version set aside, its id has the time. */
function toHead([id, bytes, group, reason, at]: readonly [string, number, string, string, string]): DeadHead {
  return { id, bytes, group, reason, atMs: Number(TIME_PATTERN.test(at) ? at : id.split('-')[0]) };
}
