import Anthropic from '@anthropic-ai/sdk';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { observeAnthropic } from '@slipstream/sdk/anthropic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScriptedServer } from '../openai/support/scripted-server.js';
import { openTracing, type Tracing } from '../openai/support/tracing.js';
import { ANTHROPIC_CASES, type AnthropicCase } from './cases.js';

let tracing: Tracing;

beforeAll(async () => {
  tracing = await openTracing();
});

afterAll(() => tracing.close());

async function runCase(test: AnthropicCase, wrap: <C>(client: C) => C, settings: object): Promise<object> {
  const server = await openScriptedServer(test.script);
  try {
    const baseURL = server.url.replace(/\/v1$/, '');
    const own = { baseURL, apiKey: 'key', maxRetries: 0, logLevel: 'off' as const, ...test.settings, ...settings };
    const saw = await test.run(wrap(new Anthropic(own)), server);
    const requests = server.requests.map(({ headers: { host: _, traceparent, ...headers }, ...others }) => ({
      ...others,
      headers,
      traced: traceparent !== undefined,
    }));
    return { saw, requests };
  } finally {
    await server.close();
  }
}

function nativeSettings(): object {
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(new InMemorySpanExporter())],
  });
  return { openTelemetry: { tracerProvider } };
}

describe('an observed Anthropic client is for its caller what it is bare', () => {
  it.each([...ANTHROPIC_CASES])('$name', async (test) => {
    const bare = await runCase(test, (client) => client, {});
    const observed = await runCase(test, (client) => observeAnthropic(client, { client: tracing.client }), {});
    expect(observed).toStrictEqual(bare);
    expect(tracing.client.stats().open).toBe(0);
  });
});

describe('and while it traces itself', () => {
  it.each([...ANTHROPIC_CASES])('$name', async (test) => {
    const { started } = tracing.client.stats();
    const bare = await runCase(test, (client) => client, nativeSettings());
    const observed = await runCase(
      test,
      (client) => observeAnthropic(client, { client: tracing.client }),
      nativeSettings(),
    );
    expect(observed).toStrictEqual(bare);
    expect(tracing.client.stats().started).toBe(started);
  });
});
