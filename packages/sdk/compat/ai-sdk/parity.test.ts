import { type Client, createClient } from '@slipstream/sdk';
import { aiSdkIntegration, aiTelemetry, observeAiSdk } from '@slipstream/sdk/ai-sdk';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { textOf, VERSIONS, type Version, weatherTool } from './versions.js';

const client = createClient({ url: 'http://127.0.0.1:9', handleSignals: false, exitTimeoutMs: 1 });
afterAll(() => client.shutdown({ timeoutMs: 1 }));

/** Whatever is read of it throws. */
const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error('hostile');
    },
  },
);

const OPTIONS: [string, unknown][] = [
  ['a client that works', { client }],
  ['a client that is broken', { client: hostile as Client }],
  ['a client that is none', { client: 42 }],
  ['options that throw', hostile],
  ['options that are none', 'x'],
];

/** Each gives what the application sees. */
const SCENARIOS: [string, (version: Version, call: object) => Promise<unknown>][] = [
  [
    'a text with a tool',
    async (version, call) => {
      const tools = { weather: weatherTool(version, async (city) => `sunny in ${city}`) };
      const model = version.model({ city: 'Huế' }, { text: 'Sunny' });
      const stopWhen = version.ai.stepCountIs(3);
      return (await version.ai.generateText({ model, prompt: 'Weather?', tools, stopWhen, ...call })).text;
    },
  ],
  [
    'a stream',
    ({ ai, model }, call) =>
      textOf(ai.streamText({ model: model({ text: 'Sunny' }), prompt: 'Hi', ...call }).textStream),
  ],
  [
    'an error',
    ({ ai, model }, call) =>
      ai.generateText({ model: model({ error: new TypeError('no') }), prompt: 'Hi', maxRetries: 0, ...call }),
  ],
  [
    'embeddings',
    async ({ ai, embeddingModel }, call) =>
      (await ai.embedMany({ model: embeddingModel(1), values: ['a', 'b'], ...call })).embeddings,
  ],
];

async function outcomeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await run());
  } catch (error) {
    return String(error);
  }
}

function recordWith(version: Version, options: unknown): { call: object; stop(): void } {
  if (version.major === 7) return { call: {}, stop: observeAiSdk(options as object) };
  return { call: { experimental_telemetry: aiTelemetry(options as object) }, stop: () => undefined };
}

describe.each(VERSIONS)('AI SDK $major', (version) => {
  describe.each(OPTIONS)('recorded with %s', (_, options) => {
    test.each(SCENARIOS)('gives the same for %s, and nothing is said', async (_name, scenario) => {
      const warnings = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
      const bare = await outcomeOf(() => scenario(version, {}));
      const { call, stop } = recordWith(version, options);
      expect(await outcomeOf(() => scenario(version, call))).toBe(bare);
      stop();
      expect(warnings.flatMap(({ mock }) => mock.calls)).toEqual([]);
      vi.restoreAllMocks();
    });
  });
});

test('settings and integrations can be made of anything', () => {
  for (const value of [
    undefined,
    null,
    1,
    'x',
    Symbol('s'),
    hostile,
    () => undefined,
    { functionId: 7, metadata: 'x' },
  ]) {
    expect(aiTelemetry(value as object).tracer).toBeDefined();
    expect(aiSdkIntegration(value as object).onStart(value)).toBeUndefined();
    observeAiSdk(value as object)();
  }
});
