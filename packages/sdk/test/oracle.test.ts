import { createRandom, type SeededRandom } from '@slipstream/testkit';
import type { Span } from '@slipstream/wire';
import { describe, expect, it } from 'vitest';
import { type Client, type ClientStats, type Observation, type ObservationType, observe } from '../src/index.js';
import { facts, useTracing } from './support/tracing.js';

const open = useTracing();

const TYPES: readonly ObservationType[] = ['span', 'generation', 'agent', 'tool', 'chain', 'retriever', 'embedding'];

/** What one span is to look like when it arrives; written down while it is made. */
interface Expected {
  readonly spanId: string;
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, bigint>>;
  readonly output: string | undefined;
}

/** Makes spans in random trees and keeps its own books of them. */
class Oracle {
  readonly ended: Expected[] = [];
  open = 0;
  started = 0;
  lateUpdates = 0;
  readonly #client: Client;
  readonly #random: SeededRandom;
  readonly #sampleRate: number;

  constructor(client: Client, seed: string, sampleRate = 1) {
    this.#client = client;
    this.#random = createRandom(seed);
    this.#sampleRate = sampleRate;
  }

  /** One trace, of 1 to about 60 spans. */
  trace(number: number): void {
    const root = this.#client.trace({ name: `trace ${number}` });
    this.#grow(root, { name: `trace ${number}`, type: 'span', parentSpanId: '' }, 0);
  }

  #chance(share: number): boolean {
    return this.#random.chance(share);
  }

  #grow(span: Observation, born: Pick<Expected, 'name' | 'type' | 'parentSpanId'>, depth: number): void {
    this.started += 1;
    const metadata: Record<string, bigint> = {};
    for (let index = 0; index < 3 && this.#chance(0.4); index++) {
      metadata[`k${index}`] = BigInt(index + depth);
      span.update({ metadata: { [`k${index}`]: index + depth } });
    }
    for (let child = 0; child < 4 && depth < 4 && this.#chance(0.55); child++) this.#child(span, depth + 1, child);
    const { id: spanId, traceId } = span;
    if (this.#chance(0.05)) {
      if (this.#isSampled(traceId)) this.open += 1;
      return;
    }
    const output = this.#chance(0.5) ? `output of ${spanId}` : undefined;
    span.end({ output });
    if (this.#chance(0.1)) span.end({ output: 'a second end' });
    if (this.#chance(0.1)) {
      span.update({ output: 'late' });
      if (this.#isSampled(traceId)) this.lateUpdates += 1;
    }
    if (this.#isSampled(traceId)) this.ended.push({ spanId, traceId, metadata, output, ...born });
  }

  /** By one of the ways to begin a span. */
  #child(parent: Observation, depth: number, number: number): void {
    const type = TYPES[Math.floor(this.#random.next() * TYPES.length)] ?? 'span';
    const name = `${type} ${depth}.${number}`;
    const born = { name, type, parentSpanId: parent.id };
    const way = this.#random.next();
    if (way < 0.3) this.#grow(parent.observation(type, { name }), born, depth);
    else if (way < 0.5) this.#grow(this.#client.observation(type, { name, parent }), born, depth);
    else if (way < 0.7) {
      parent.run(() => this.#grow(this.#client.observation(type, { name }), born, depth));
    } else if (way < 0.85) {
      parent.startActive(name, { type, endOnExit: false }, (span) => this.#grow(span, born, depth));
    } else {
      this.#observed(parent, born);
    }
  }

  /** A leaf that `observe` makes, which tells its own id from inside. */
  #observed(parent: Observation, born: Pick<Expected, 'name' | 'type' | 'parentSpanId'>): void {
    this.started += 1;
    const leaf = observe(() => this.#client.current?.id ?? '', {
      name: born.name,
      type: born.type as ObservationType,
      client: this.#client,
    });
    const spanId = parent.run(leaf);
    const { traceId } = parent;
    if (this.#isSampled(traceId)) this.ended.push({ spanId, traceId, metadata: {}, output: spanId, ...born });
  }

  /** As the services of a system agree on it: by the lowest 32 bits of the trace's id. */
  #isSampled(traceId: string): boolean {
    return Number.parseInt(traceId.slice(-8), 16) < this.#sampleRate * 2 ** 32;
  }
}

function received(span: Span): Expected {
  const all = facts(span);
  const metadata = Object.entries(all).filter(([key]) => key.startsWith('observation.metadata.'));
  return {
    spanId: span.spanId,
    traceId: span.traceId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    type: String(all['observation.type']),
    metadata: Object.fromEntries(metadata.map(([key, value]) => [key.slice(21), value as bigint])),
    output: all['observation.output'] as string | undefined,
  };
}

function byId(spans: readonly Expected[]): Expected[] {
  return [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1));
}

function expectBalance({ started, open, sampledOut, pending, delivered, dropped }: ClientStats): void {
  const droppedCount = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  expect(open + sampledOut + pending + delivered + droppedCount).toBe(started);
}

describe('an oracle that knows every span', () => {
  it.each([1, 0.5, 0])('finds each that ended delivered once and whole, at a sample rate of %d', async (sampleRate) => {
    const { client, sink } = await open({ sampleRate });
    const oracle = new Oracle(client, `oracle ${sampleRate}`, sampleRate);
    for (let number = 0; oracle.started < 5_000; number++) {
      oracle.trace(number);
      // Now and then the worker gets to run beside it, as between requests.
      if (number % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      expectBalance(client.stats());
    }
    await client.flush({ timeoutMs: 15_000 });
    expect(byId(sink.spans().map(received))).toEqual(byId(oracle.ended));
    const stats = client.stats();
    expectBalance(stats);
    expect(stats).toMatchObject({
      started: oracle.started,
      open: oracle.open,
      delivered: oracle.ended.length,
      pending: 0,
      lostUpdates: oracle.lateUpdates,
    });
    expect(Object.values(stats.dropped).every((count) => count === 0)).toBe(true);
    expect(stats.sampledOut).toBe(oracle.started - oracle.open - oracle.ended.length);
  });

  it('finds each span either delivered or counted when the ring is too small for them', async () => {
    const { client, sink } = await open({ bufferBytes: 65_536, maxCaptureBytes: 1_024 });
    const oracle = new Oracle(client, 'overflow');
    for (let number = 0; oracle.started < 20_000; number++) oracle.trace(number);
    const early = client.stats();
    expectBalance(early);
    expect(early.dropped.ring_full).toBeGreaterThan(1_000);
    await client.flush({ timeoutMs: 15_000 });
    const stats = client.stats();
    expectBalance(stats);
    expect(stats).toMatchObject({ started: oracle.started, open: oracle.open, pending: 0 });
    expect(stats.delivered + stats.dropped.ring_full).toBe(oracle.ended.length);
    const made = new Map(oracle.ended.map((span) => [span.spanId, span]));
    const arrived = sink.spans().map(received);
    expect(arrived).toHaveLength(stats.delivered);
    expect(new Set(arrived.map(({ spanId }) => spanId)).size).toBe(stats.delivered);
    for (const span of arrived) expect(span).toEqual(made.get(span.spanId));
    // Room again: what comes now is delivered.
    client.span({ name: 'after' }).end();
    await client.flush({ timeoutMs: 5_000 });
    expect(client.stats().delivered).toBe(stats.delivered + 1);
  });

  it('finds the books balanced while a backend fails, and after it is back', async () => {
    const { client, sink } = await open({ batchAgeMs: 5 });
    for (let index = 0; index < 6; index++) sink.enqueue({ kind: 'status', status: 503 }, { kind: 'reset' });
    const oracle = new Oracle(client, 'faults');
    for (let number = 0; oracle.started < 3_000; number++) {
      oracle.trace(number);
      if (number % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      expectBalance(client.stats());
    }
    for (let round = 0; round < 50 && client.stats().pending > 0; round++) await client.flush({ timeoutMs: 1_000 });
    const stats = client.stats();
    expectBalance(stats);
    expect(stats).toMatchObject({ delivered: oracle.ended.length, open: oracle.open, pending: 0 });
    expect(byId(sink.spans().map(received))).toEqual(byId(oracle.ended));
  });
});
