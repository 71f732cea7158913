/** Any sequence of appends, reads, commits, faults, kills and losses of power keeps the promise of the queue. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedDisk } from '../../test/support/simulated-disk.js';
import type { Queue, QueueReader } from './contract.js';
import { createSegmentQueue } from './segment-queue.js';

const DIRECTORY = '/queue';
const SEGMENT_BYTES = 400;
const FAULT_RETRY_MS = 1;
const aborted = AbortSignal.abort();

type Action =
  | { readonly kind: 'append'; readonly sizes: readonly number[] }
  | { readonly kind: 'appendAndKill' | 'appendAndLosePower'; readonly sizes: readonly number[]; readonly turns: number }
  | { readonly kind: 'read'; readonly maxBytes: number }
  | { readonly kind: 'commit' }
  | { readonly kind: 'commitAndLosePower'; readonly turns: number }
  | { readonly kind: 'reopen' | 'kill' | 'losePower' }
  | { readonly kind: 'fail'; readonly steps: number };

const sizes = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 6 });
const turns = fc.nat(30);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), sizes }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('appendAndKill' as const, 'appendAndLosePower' as const),
      sizes,
      turns,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('read' as const), maxBytes: fc.integer({ min: 1, max: 600 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('commitAndLosePower' as const), turns }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'kill' as const, 'losePower' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), steps: fc.integer({ min: 1, max: 4 }) }) },
);

/** Drives a queue and holds it against what it promised. */
class Model {
  readonly #disk: SimulatedDisk;
  /** Acknowledged payloads by id. */
  readonly #acknowledged = new Map<number, string>();
  /** Payloads that a reader was given, by id. */
  readonly #delivered = new Map<number, string>();
  readonly #submitted = new Set<string>();
  #committedId = 0;
  /** A commit that was cut off may or may not have come through. */
  #attemptedId = 0;
  #lastReadId = 0;
  #count = 0;
  #queue: Queue | undefined;
  #reader: QueueReader | undefined;

  constructor(seed: number) {
    let state = seed;
    this.#disk = new SimulatedDisk(() => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    });
  }

  async run(actions: readonly Action[]): Promise<void> {
    await this.#open();
    for (const next of actions) await this.#apply(next);
    this.#disk.failingSteps = 0;
    await this.#restart('reopen');
    await this.#readAll();
    for (const id of this.#acknowledged.keys()) {
      if (id > this.#attemptedId)
        expect(this.#delivered.has(id), `entry ${id} was acknowledged and is lost`).toBe(true);
    }
    await this.#live().queue.close();
  }

  async #apply(next: Action): Promise<void> {
    switch (next.kind) {
      case 'append':
        await this.#append(next.sizes);
        return;
      case 'appendAndKill':
      case 'appendAndLosePower':
        return this.#cutOff(next, () => this.#append(next.sizes));
      case 'read':
        await this.#read(next.maxBytes);
        return;
      case 'commit':
        return this.#commit();
      case 'commitAndLosePower':
        return this.#cutOff({ kind: 'appendAndLosePower', turns: next.turns }, () => this.#commit());
      case 'fail':
        this.#disk.failingSteps = next.steps;
        return;
      default:
        return this.#restart(next.kind);
    }
  }

  #live(): { queue: Queue; reader: QueueReader } {
    if (this.#queue === undefined || this.#reader === undefined) throw new TypeError('the queue is not open');
    return { queue: this.#queue, reader: this.#reader };
  }

  async #open(): Promise<void> {
    this.#disk.failingSteps = 0;
    this.#queue = await createSegmentQueue({
      directory: DIRECTORY,
      maxSegmentBytes: SEGMENT_BYTES,
      faultRetryMs: FAULT_RETRY_MS,
      fs: this.#disk.mount(),
    });
    this.#reader = await this.#queue.open('store');
    this.#lastReadId = 0;
  }

  async #restart(kind: 'reopen' | 'kill' | 'losePower'): Promise<void> {
    const old = this.#queue;
    if (kind === 'reopen') await old?.close();
    if (kind === 'kill') this.#disk.kill();
    if (kind === 'losePower') this.#disk.losePower();
    // The old process cannot reach the disk any more; this only ends its timers.
    if (kind !== 'reopen') void old?.close();
    await this.#open();
  }

  async #cutOff(
    next: { kind: 'appendAndKill' | 'appendAndLosePower'; turns: number },
    work: () => Promise<void>,
  ): Promise<void> {
    const working = work();
    for (let turn = 0; turn < next.turns; turn++) await Promise.resolve();
    if (next.kind === 'appendAndKill') this.#disk.kill();
    else this.#disk.losePower();
    await working;
    await this.#restart('kill');
  }

  async #append(all: readonly number[]): Promise<void> {
    const { queue } = this.#live();
    await Promise.all(
      all.map(async (size) => {
        const text = `${++this.#count}:`.padEnd(size, 'x');
        this.#submitted.add(text);
        const result = await queue.append({ tenant: 't', contentType: 'c', payload: Buffer.from(text) });
        if (result.kind !== 'ok') return;
        expect(this.#acknowledged.has(result.id), `id ${result.id} was given twice`).toBe(false);
        expect(this.#delivered.get(result.id) ?? text).toBe(text);
        expect(result.id).toBeGreaterThan(this.#attemptedId);
        this.#acknowledged.set(result.id, text);
      }),
    );
  }

  async #read(maxBytes: number): Promise<boolean> {
    const entries = await this.#live().reader.read(maxBytes, aborted);
    for (const { id, payload } of entries) {
      const text = Buffer.from(payload).toString();
      expect(id).toBeGreaterThan(this.#lastReadId);
      expect(id).toBeGreaterThan(this.#committedId);
      expect(this.#submitted.has(text)).toBe(true);
      expect(this.#acknowledged.get(id) ?? text).toBe(text);
      expect(this.#delivered.get(id) ?? text).toBe(text);
      this.#delivered.set(id, text);
      this.#lastReadId = id;
    }
    return entries.length > 0;
  }

  async #readAll(): Promise<void> {
    while (await this.#read(1000));
  }

  async #commit(): Promise<void> {
    if (this.#lastReadId <= this.#committedId) return;
    const id = this.#lastReadId;
    // Nothing up to here may be missing: a commit says that all of it was dealt with.
    for (const acknowledged of this.#acknowledged.keys()) {
      if (acknowledged <= id && acknowledged > this.#attemptedId) expect(this.#delivered.has(acknowledged)).toBe(true);
    }
    this.#attemptedId = Math.max(this.#attemptedId, id);
    try {
      await this.#live().reader.commit(id);
      this.#committedId = id;
    } catch {
      // The disk refused or the process died: the cursor is where it was, or there.
    }
  }
}

describe('the segment queue under faults', () => {
  it('loses nothing that was acknowledged, keeps order, and never gives an id twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), fc.integer(), async (actions, seed) => {
        await new Model(seed).run(actions);
      }),
      { numRuns: 400 },
    );
  });
});
