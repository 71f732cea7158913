import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import type { Span } from '@slipstream/wire';
import { afterEach } from 'vitest';
import { type Client, createClient, type SlipstreamOptions } from '../../src/index.js';

/** A client that delivers into a sink, through its worker. */
export interface Tracing {
  readonly client: Client;
  readonly sink: FaultyServer;
  /** All spans that have ended, by name, once everything is delivered. */
  spans(): Promise<Record<string, Span>>;
}

/** Gives a function that opens clients; they and their sinks are closed after each test. */
export function useTracing(): (options?: Partial<SlipstreamOptions>) => Promise<Tracing> {
  const opened: Tracing[] = [];
  afterEach(async () => {
    for (const { client, sink } of opened.splice(0)) {
      await client.shutdown({ timeoutMs: 2_000 });
      await sink.close();
    }
  });
  return async (options = {}) => {
    const sink = await createFaultyServer();
    const client = createClient({ url: sink.url, service: 'test', handleSignals: false, ...options });
    const spans = async (): Promise<Record<string, Span>> => {
      const { pending, dropped } = await client.flush({ timeoutMs: 10_000 });
      if (pending + dropped > 0) throw new Error(`${pending} pending, ${dropped} dropped`);
      return Object.fromEntries(sink.spans().map((span) => [span.name, span]));
    };
    const tracing = { client, sink, spans };
    opened.push(tracing);
    return tracing;
  };
}

/** A span's attributes by key, without the prefix that Langfuse's have. */
export function facts(span: Span | undefined): Record<string, unknown> {
  const entries = (span?.attributes ?? []).map(({ key, value }) => [key.replace(/^langfuse\./, ''), value]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
