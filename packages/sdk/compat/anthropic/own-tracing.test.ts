import Anthropic from '@anthropic-ai/sdk';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { observeAnthropic } from '@slipstream/sdk/anthropic';
import { trace as otherTrace } from 'otel-api-1-10';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openScriptedServer, type ScriptedServer } from '../openai/support/scripted-server.js';
import { openTracing, type Tracing } from '../openai/support/tracing.js';
import { ASKED, message } from './answers.js';

let tracing: Tracing;
let server: ScriptedServer;
let native: InMemorySpanExporter;
let provider: BasicTracerProvider;
const warnings: string[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning.message);

beforeAll(async () => {
  tracing = await openTracing();
  server = await openScriptedServer(() => ({ json: message() }));
  process.on('warning', onWarning);
});

beforeEach(() => {
  native = new InMemorySpanExporter();
  provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(native)] });
});

afterEach(() => {
  trace.disable();
  otherTrace.disable();
});

afterAll(async () => {
  process.off('warning', onWarning);
  await server.close();
  await tracing.close();
});

function makeClient(settings: object = {}): Anthropic {
  return new Anthropic({ baseURL: server.url.replace(/\/v1$/, ''), apiKey: 'k', ...settings });
}

/** How many spans of its own a call made, and how many of ours. */
async function spansOf(client: Anthropic): Promise<{ own: number; ours: number }> {
  const before = native.getFinishedSpans().length;
  await client.messages.create(ASKED);
  return { own: native.getFinishedSpans().length - before, ours: (await tracing.take()).length };
}

const observed = (client: Anthropic): Anthropic => observeAnthropic(client, { client: tracing.client });
const OURS = { own: 0, ours: 1 };
const OWN = { own: 1, ours: 0 };

describe("a call of Anthropic's client has one span", () => {
  it('ours, where no provider is registered', async () => {
    expect(await spansOf(observed(makeClient()))).toEqual(OURS);
  });

  it("the client's, where it has a provider of its own", async () => {
    expect(await spansOf(observed(makeClient({ openTelemetry: { tracerProvider: provider } })))).toEqual(OWN);
  });

  it("the client's, where a provider was registered before it was made", async () => {
    trace.setGlobalTracerProvider(provider);
    expect(await spansOf(observed(makeClient()))).toEqual(OWN);
  });

  it("the client's from the moment that a provider is registered", async () => {
    const client = observed(makeClient());
    expect(await spansOf(client)).toEqual(OURS);
    trace.setGlobalTracerProvider(provider);
    expect(await spansOf(client)).toEqual(OWN);
  });

  it("the client's, also of those that withOptions makes", async () => {
    trace.setGlobalTracerProvider(provider);
    expect(await spansOf(observed(makeClient()).withOptions({ maxRetries: 0 }))).toEqual(OWN);
  });

  it("ours, where the client's are switched off", async () => {
    trace.setGlobalTracerProvider(provider);
    expect(await spansOf(observed(makeClient({ openTelemetry: false })))).toEqual(OURS);
    expect(await spansOf(observed(makeClient({ openTelemetry: { traces: { enabled: false } } })))).toEqual(OURS);
    expect(await spansOf(observed(makeClient()).withOptions({ openTelemetry: false }))).toEqual(OURS);
  });

  it('ours, where another copy of the API has the provider and the client cannot see it', async () => {
    const client = observed(makeClient());
    otherTrace.setGlobalTracerProvider(provider);
    const { own, ours } = await spansOf(client);
    expect(own + ours).toBe(1);
  });

  it("the client's, where it was made after another copy of the API got the provider", async () => {
    otherTrace.setGlobalTracerProvider(provider);
    const { own, ours } = await spansOf(observed(makeClient()));
    expect(own + ours).toBe(1);
  });

  it('and that is said once in a process', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings.filter((text) => text.includes('observeAnthropic() adds none'))).toHaveLength(1);
  });
});
