import type { Span } from '@slipstream/wire';
import { expect } from 'vitest';
import type { Client, ClientStats } from '../../src/index.js';

/** Makes spans and knows each of them, so that neither the books nor the backend have to be believed. */
export class Oracle {
  readonly #ids = new Set<string>();

  get size(): number {
    return this.#ids.size;
  }

  /** Makes so many spans, each a trace of its own with a little input and output. */
  make(client: Client, count = 1, input: unknown = 'in'): void {
    for (let index = 0; index < count; index++) {
      const span = client.span({ name: 'oracle', input, parent: null });
      this.#ids.add(`${span.traceId}/${span.id}`);
      span.end({ output: 'out' });
    }
  }

  made({ traceId, spanId }: Span): boolean {
    return this.#ids.has(`${traceId}/${spanId}`);
  }

  /** Holds books and backend against what was made. The backend may have more than was acknowledged, never less. */
  check(stats: ClientStats, arrived: readonly Span[]): void {
    const { started, open, sampledOut, pending, delivered } = stats;
    const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
    expect(started).toBe(this.#ids.size);
    expect(open + sampledOut + pending + delivered + dropped).toBe(started);
    expect(Math.min(open, sampledOut, pending, delivered, dropped)).toBeGreaterThanOrEqual(0);
    const there = new Set(arrived.map(({ traceId, spanId }) => `${traceId}/${spanId}`));
    expect([...there].filter((id) => !this.#ids.has(id))).toEqual([]);
    expect(there.size).toBeGreaterThanOrEqual(delivered);
    expect(this.#ids.size - there.size).toBeLessThanOrEqual(dropped + pending + sampledOut);
  }
}
