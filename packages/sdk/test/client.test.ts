import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import { ATTRIBUTE, type Span } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Sdk from '../src/index.js';
import { SDK_VERSION } from '../src/version.js';

let sink: FaultyServer;
let sdk: typeof Sdk;

beforeEach(async () => {
  sink = await createFaultyServer();
  vi.resetModules();
  Reflect.deleteProperty(globalThis, Symbol.for('slipstream.process.v1'));
  sdk = await import('../src/index.js');
});

afterEach(async () => {
  await sdk.getClient().shutdown({ timeoutMs: 2000 });
  await sink.close();
});

function configure(options: Sdk.SlipstreamOptions = {}): Sdk.Client {
  return sdk.configure({ url: sink.url, service: 'test', handleSignals: false, ...options });
}

async function delivered(): Promise<Record<string, Span>> {
  const result = await sdk.getClient().flush({ timeoutMs: 5000 });
  expect(result).toMatchObject({ dropped: 0, pending: 0 });
  return Object.fromEntries(sink.spans().map((span) => [span.name, span]));
}

function attribute(span: Span | undefined, key: string): unknown {
  return span?.attributes.find((item) => item.key === key)?.value;
}

describe('the client', () => {
  it('traces by hand: trace, span, generation, event', async () => {
    configure();
    const trace = sdk.getClient().trace({ name: 'import', input: { file: 'a.csv' }, userId: 'u1', tags: ['t'] });
    const step = trace.span({ name: 'parse' });
    step.end({ output: 'rows' });
    const generation = trace.generation({ name: 'llm', model: 'gpt-x' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const firstToken = new Date();
    generation.end({
      output: 'text',
      usageDetails: { input: 10, output: 2 },
      costDetails: { total: 0.5 },
      completionStartTime: firstToken,
    });
    trace.event({ name: 'cache-miss', metadata: { key: 'k' } });
    trace.end({ output: 42 });
    const spans = await delivered();
    expect(Object.keys(spans).sort()).toEqual(['cache-miss', 'import', 'llm', 'parse']);
    expect(attribute(spans.import, ATTRIBUTE.observationInput)).toBe('{"file":"a.csv"}');
    expect(attribute(spans.import, ATTRIBUTE.observationOutput)).toBe('42');
    expect(attribute(spans.import, ATTRIBUTE.userId)).toBe('u1');
    expect(spans.parse?.parentSpanId).toBe(spans.import?.spanId);
    expect(attribute(spans.llm, ATTRIBUTE.observationType)).toBe('generation');
    expect(attribute(spans.llm, ATTRIBUTE.observationUsageDetails)).toBe('{"input":10,"output":2}');
    const completionStartMs = Date.parse(String(attribute(spans.llm, ATTRIBUTE.observationCompletionStartTime)));
    expect(completionStartMs).toBeGreaterThan(Number(spans.llm?.startTimeUnixNano) / 1e6 + 5);
    // A span's clock does not follow the wall's small corrections between two readings.
    expect(completionStartMs).toBeLessThanOrEqual(Number(spans.llm?.endTimeUnixNano) / 1e6 + 10);
    expect(spans['cache-miss']?.startTimeUnixNano).toBe(spans['cache-miss']?.endTimeUnixNano);
    expect(attribute(spans['cache-miss'], `${ATTRIBUTE.observationMetadata}key`)).toBe('k');
  });

  it('puts trace-level values on the spans that follow, from wherever they are set', async () => {
    configure();
    const inner = sdk.observe(
      () => sdk.getClient().updateCurrentTrace({ sessionId: 'c1', metadata: { bot_id: 'b' } }),
      { name: 'inner' },
    );
    sdk.observe(() => inner(), { name: 'outer' })();
    const spans = await delivered();
    expect(attribute(spans.outer, ATTRIBUTE.sessionId)).toBe('c1');
    expect(attribute(spans.outer, `${ATTRIBUTE.traceMetadata}bot_id`)).toBe('b');
  });

  it('updates the active observation, and counts and explains once what has none', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', onWarning);
    const client = configure();
    sdk.observe(() => client.updateCurrentSpan({ metadata: { a: 1 } }), { name: 'span' })();
    sdk.observe(() => client.updateCurrentGeneration({ model: 'm' }), { name: 'generation', type: 'generation' })();
    for (let index = 0; index < 3; index++) client.updateCurrentTrace({ userId: 'nobody' });
    sdk.observe(() => client.updateCurrentGeneration({ model: 'm' }), { name: 'no generation' })();
    const spans = await delivered();
    process.off('warning', onWarning);
    expect(attribute(spans.span, `${ATTRIBUTE.observationMetadata}a`)).toBe(1n);
    expect(attribute(spans.generation, ATTRIBUTE.observationModel)).toBe('m');
    expect(attribute(spans['no generation'], ATTRIBUTE.observationModel)).toBeUndefined();
    expect(client.stats().misplacedUpdates).toBe(4);
    expect(warnings.filter((text) => text.includes('did nothing'))).toHaveLength(2);
  });

  it('keeps balanced books', async () => {
    const client = configure({ sampleRate: 0.5 });
    const step = sdk.observe(() => 1, { name: 'step' });
    for (let index = 0; index < 500; index++) step();
    client.trace({ name: 'open' });
    await client.flush();
    const { started, open, sampledOut, pending, delivered, dropped } = client.stats();
    expect(started).toBe(501);
    expect(sampledOut).toBeGreaterThan(150);
    expect(sampledOut).toBeLessThan(350);
    expect(started).toBe(
      open + sampledOut + pending + delivered + Object.values(dropped).reduce((sum, count) => sum + count, 0),
    );
    expect(delivered).toBe(sink.uniqueSpanCount());
  });

  it('continues a trace of another service, and names itself to the next', async () => {
    const client = configure();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = client.continueTrace({ traceparent }, () =>
      sdk.observe(() => client.traceHeaders(), { name: 'served' })(),
    );
    const { served } = await delivered();
    expect(served).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' });
    expect(headers.traceparent).toBe(`00-${served?.traceId}-${served?.spanId}-01`);
  });

  it('is one: the same for equal values, an error that names both places for others', () => {
    const client = configure();
    expect(configure()).toBe(client);
    expect(sdk.getClient()).toBe(client);
    expect(() => configure({ sampleRate: 0.1, secretKey: 's', publicKey: 'p' })).toThrow(
      /client\.test\.ts:\d+.*sampleRate \(1 and now 0\.1\)/,
    );
    expect(() => configure({ publicKey: 'p', secretKey: 'hidden' })).not.toThrow(/hidden/);
  });

  it('takes what was traced before it was configured along', async () => {
    vi.stubEnv('SLIPSTREAM_URL', sink.url);
    const early = sdk.getClient();
    sdk.observe(() => 1, { name: 'early' })();
    expect(configure({ service: 'later' })).toBe(early);
    sdk.observe(() => 1, { name: 'late' })();
    expect(Object.keys(await delivered()).sort()).toEqual(['early', 'late']);
    vi.unstubAllEnvs();
  });

  it('does nothing at all when it is disabled', async () => {
    const client = configure({ enabled: false });
    const trace = client.trace({ name: 'x' });
    trace.span({ name: 'y' }).update({ output: 1 }).end();
    trace.end();
    client.event({ name: 'z' });
    expect(sdk.observe((x: number) => x + 1)(1)).toBe(2);
    expect(client.stats().started).toBe(0);
    expect(await client.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });

  it('flushes in bounded time when nobody answers, and rejects nothing', async () => {
    const client = configure();
    await sink.close();
    sdk.observe(() => 1, { name: 'kept' })();
    expect(await client.flush({ timeoutMs: 200 })).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  });

  it('does not end a patient flush with an impatient one', async () => {
    const client = configure();
    sink.enqueue({ kind: 'delay', delayMs: 400 });
    sdk.observe(() => 1, { name: 'slow' })();
    const patient = client.flush({ timeoutMs: 5000 });
    expect(await client.flush({ timeoutMs: 50 })).toMatchObject({ delivered: 0, pending: 1 });
    expect(await patient).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  });

  it('never throws for arguments that its types forbid', () => {
    const client = configure() as unknown as Record<string, (...args: unknown[]) => unknown>;
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    for (const argument of [undefined, null, 5, 'text', hostile, { name: 5, metadata: 'x', level: 'LOUD' }]) {
      for (const method of [
        'trace',
        'span',
        'generation',
        'event',
        'updateCurrentTrace',
        'updateCurrentSpan',
        'updateCurrentGeneration',
      ]) {
        sdk.observe(() => client[method]?.(argument), { name: 'hostile' })();
        client[method]?.(argument);
      }
    }
  });
});

it('names the version of its package', () => {
  const path = fileURLToPath(new URL('../package.json', import.meta.url));
  expect(SDK_VERSION).toBe((JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version);
});
