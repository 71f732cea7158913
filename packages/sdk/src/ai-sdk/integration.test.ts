import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRecording, type Recording } from '../../test/support/recording.js';
import { type Client, createClient } from '../core.js';
import { aiSdkIntegration } from './integration.js';

/** A client whose records the test reads, without a worker. */
function recordedClient(): { client: Client; recording: Recording } {
  const recording = createRecording({ bufferBytes: 16 * 1024 * 1024 });
  const client = createClient({ enabled: true });
  Object.defineProperty(client, 'recorder', { value: recording.recorder });
  return { client, recording };
}

const start = { callId: 'c1', operationId: 'ai.generateText', provider: 'p', modelId: 'm', messages: [] };
const toolCall = { toolCallId: 't1', toolName: 'weather', input: {} };

afterEach(() => {
  vi.useRealTimers();
});

describe('events of a durable run', () => {
  test('that are told afterwards count at the time they carry', () => {
    const { client, recording } = recordedClient();
    const integration = aiSdkIntegration({ client });
    const began = Date.now() - 60_000;
    integration.onStart({ ...start, timestamp: began });
    integration.onLanguageModelCallStart({ ...start, timestamp: began + 1_000 });
    integration.onLanguageModelCallEnd({ callId: 'c1', usage: {}, content: [], timestamp: began + 3_000 });
    integration.onToolExecutionStart({ callId: 'c1', toolCall, timestamp: began + 4_000 });
    integration.onToolExecutionEnd({ callId: 'c1', toolCall, toolOutput: {}, timestamp: began + 5_000 });
    integration.onEnd({ callId: 'c1', text: 'Sunny', timestamp: began + 6_000 });
    const durations = recording
      .take()
      .spans.map(({ name, startMs, endMs }) => [name, Math.round((endMs - startMs) / 100) * 100]);
    expect(durations).toEqual([
      ['ai.generateText.doGenerate', 2_000],
      ['weather', 1_000],
      ['ai.generateText', 6_000],
    ]);
  });

  test('that are told once more are not recorded twice', () => {
    const { client, recording } = recordedClient();
    const integration = aiSdkIntegration({ client });
    integration.onStart({ ...start, durableContext: { phase: 'replay' } });
    integration.onLanguageModelCallStart(start);
    integration.onLanguageModelCallEnd({ callId: 'c1' });
    integration.onEnd({ callId: 'c1' });
    expect(recording.take()).toMatchObject({ spans: [], starts: [] });
  });
});

test('events of version 6, which have no call ids and whose calls a tracer records, are left alone', () => {
  const { client, recording } = recordedClient();
  const integration = aiSdkIntegration({ client });
  const { callId: _, ...event } = start;
  integration.onStart(event);
  integration.onEnd(event);
  expect(recording.take().spans).toEqual([]);
});

test('a call that is made again for a stream that broke is recorded each time', () => {
  const { client, recording } = recordedClient();
  const integration = aiSdkIntegration({ client });
  integration.onStart({ ...start, operationId: 'ai.streamText' });
  integration.onLanguageModelCallStart(start);
  integration.onLanguageModelCallStart(start);
  integration.onLanguageModelCallEnd({ callId: 'c1', content: [{ type: 'text', text: 'Sunny' }] });
  integration.onEnd({ callId: 'c1' });
  const names = recording.take().spans.map(({ name, fields }) => [name, fields.statusMessage]);
  expect(names).toEqual([
    ['ai.streamText.doStream', 'The call was made again'],
    ['ai.streamText.doStream', undefined],
    ['ai.streamText', undefined],
  ]);
});

describe('operations that never end', () => {
  test('are bounded in number: the oldest makes room, and ends with what of it is open', () => {
    const { client, recording } = recordedClient();
    const integration = aiSdkIntegration({ client });
    for (let index = 0; index < 10_000; index++) integration.onStart({ ...start, callId: `c${index}` });
    integration.onLanguageModelCallStart({ ...start, callId: 'c0' });
    recording.take();
    integration.onStart({ ...start, callId: 'one more' });
    expect(recording.take().spans.map(({ name }) => name)).toEqual(['ai.generateText.doGenerate', 'ai.generateText']);
    integration.onEnd({ callId: 'c0' });
    expect(recording.take().spans).toEqual([]);
  });

  test('are ended after an hour of silence', () => {
    vi.useFakeTimers();
    const { client, recording } = recordedClient();
    const integration = aiSdkIntegration({ client });
    integration.onStart(start);
    vi.advanceTimersByTime(3_500_000);
    integration.onToolExecutionStart({ callId: 'c1', toolCall });
    vi.advanceTimersByTime(3_500_000);
    expect(recording.take().spans).toEqual([]);
    vi.advanceTimersByTime(200_000);
    expect(recording.take().spans.map(({ name }) => name)).toEqual(['weather', 'ai.generateText']);
  });
});

describe('any listener', () => {
  const throwing = new Proxy(() => undefined, {
    get() {
      throw new Error('get');
    },
    ownKeys() {
      throw new Error('keys');
    },
  });
  const listeners = Object.keys(aiSdkIntegration()).filter((name) => name.startsWith('on'));
  // fast-check looks at its values itself, so the one that throws is put in when it has chosen.
  const THROWS = 'the throwing one';
  const placed = (value: unknown): unknown => (value === THROWS ? throwing : value);
  const oddValue = fc.oneof(fc.constantFrom<unknown>(undefined, null, Symbol('s'), THROWS, 'c1', 10n), fc.anything());
  const fields = ['operationId', 'messages', 'toolCall', 'toolOutput', 'usage', 'content', 'error', 'runtimeContext'];
  const oddEvent = fc.oneof(
    oddValue,
    fc
      .dictionary(fc.constantFrom('timestamp', 'performance', ...fields), oddValue)
      .map((event) => ({ callId: 'c1', ...event })),
  );

  test('takes any events in any order without throwing', () => {
    const { client } = recordedClient();
    const integration = aiSdkIntegration({ client }) as unknown as Record<string, (event: unknown) => unknown>;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...listeners), oddEvent)), (events) => {
        for (const [name, event] of events) {
          const isEvent = typeof event === 'object' && event !== null && 'callId' in event;
          const entries = isEvent ? Object.entries(event).map(([key, value]) => [key, placed(value)]) : [];
          expect(integration[name]?.(isEvent ? Object.fromEntries(entries) : placed(event))).toBeUndefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  test('and any execution runs once, and gives what it gives', async () => {
    const { client } = recordedClient();
    const integration = aiSdkIntegration({ client });
    for (const callId of ['c1', throwing, undefined] as string[]) {
      const execute = vi.fn(async () => 42);
      expect(await integration.executeTool({ callId, toolCallId: 't1', execute })).toBe(42);
      expect(await integration.executeLanguageModelCall({ callId, execute })).toBe(42);
      expect(execute).toHaveBeenCalledTimes(2);
    }
  });
});
