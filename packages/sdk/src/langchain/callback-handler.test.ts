import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRecording, type Recording } from '../../test/support/recording.js';
import { type Client, createClient } from '../core.js';
import { CallbackHandler } from './callback-handler.js';
import { observationOf } from './nesting.js';

/** A client whose records the test reads, without a worker. */
function recordedClient(bufferBytes = 16 * 1024 * 1024): { client: Client; recording: Recording } {
  const recording = createRecording({ bufferBytes });
  const client = createClient({ enabled: true });
  Object.defineProperty(client, 'recorder', { value: recording.recorder });
  return { client, recording };
}

const chain = { id: ['test', 'Chain'] };

afterEach(() => {
  vi.useRealTimers();
});

describe('runs that never end', () => {
  test('are bounded in number: the oldest makes room and is ended', () => {
    const { client, recording } = recordedClient();
    const handler = new CallbackHandler({ client, captureInput: false });
    for (let index = 0; index < 10_000; index++) handler.handleChainStart(chain, {}, `run-${index}`);
    expect(recording.take().spans).toHaveLength(0);
    handler.handleChainStart(chain, {}, 'one more');
    const [evicted, ...others] = recording.take().spans;
    expect(others).toEqual([]);
    expect(evicted?.fields.metadata).toBeDefined();
    handler.handleChainEnd({}, 'run-0');
    expect(recording.take().spans).toHaveLength(0);
    handler.handleChainEnd({}, 'run-1');
    expect(recording.take().spans).toHaveLength(1);
  });

  test('below a root that has ended are ended half a minute after it, at the time of the last thing heard', () => {
    vi.useFakeTimers();
    const { client, recording } = recordedClient();
    const handler = new CallbackHandler({ client });
    handler.handleChainStart(chain, {}, 'root');
    handler.handleChainStart(chain, {}, 'child', 'root');
    vi.advanceTimersByTime(1_000);
    handler.handleChainEnd({}, 'root');
    expect(recording.take().spans).toHaveLength(1);
    vi.advanceTimersByTime(29_000);
    expect(recording.take().spans).toHaveLength(0);
    vi.advanceTimersByTime(15_000);
    const [child] = recording.take().spans;
    expect(child!.endMs - child!.startMs).toBeCloseTo(1_000, -2);
  });

  test('are ended after an hour of silence, and not while something happens in their tree', () => {
    vi.useFakeTimers();
    const { client, recording } = recordedClient();
    const handler = new CallbackHandler({ client });
    handler.handleChainStart(chain, {}, 'silent');
    handler.handleChainStart(chain, {}, 'busy');
    vi.advanceTimersByTime(3_000_000);
    handler.handleToolStart(chain, '', 'tool', 'busy');
    vi.advanceTimersByTime(1_000_000);
    expect(recording.take().spans).toHaveLength(1);
    handler.handleChainEnd({}, 'busy');
    expect(recording.take().spans).toHaveLength(1);
  });
});

describe('tokens', () => {
  test('after the first are not looked at', () => {
    const { client, recording } = recordedClient();
    const handler = new CallbackHandler({ client });
    handler.handleChatModelStart(chain, [[]], 'run');
    const now = vi.spyOn(Date, 'now');
    handler.handleLLMNewToken('a', undefined, 'run');
    expect(now).toHaveBeenCalledTimes(1);
    for (let index = 0; index < 100; index++) handler.handleLLMNewToken('b', undefined, 'run');
    expect(now).toHaveBeenCalledTimes(1);
    handler.handleLLMEnd({}, 'run');
    expect(recording.take().spans[0]?.fields.completionStartMs).toBeDefined();
  });
});

describe('any callback', () => {
  const callbacks = [
    'handleChainStart',
    'handleChainEnd',
    'handleChainError',
    'handleChatModelStart',
    'handleLLMStart',
    'handleLLMNewToken',
    'handleLLMEnd',
    'handleLLMError',
    'handleToolStart',
    'handleToolEnd',
    'handleToolError',
    'handleRetrieverStart',
    'handleRetrieverEnd',
    'handleRetrieverError',
    'handleCustomEvent',
  ] as const;
  const throwing = new Proxy(() => undefined, {
    get() {
      throw new Error('get');
    },
    has() {
      throw new Error('has');
    },
    ownKeys() {
      throw new Error('keys');
    },
  });
  // fast-check looks at its values itself, so the one that throws is put in when it has chosen.
  const THROWS = 'the throwing one';
  const oddValue = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, Symbol('s'), THROWS, Number.NaN, 10n, '', [[]], [THROWS], 'run'),
    fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }),
  );
  const placed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(placed);
    return value === THROWS ? throwing : value;
  };

  test('takes any arguments in any order without throwing', () => {
    const { client } = recordedClient();
    const handler = new CallbackHandler({ client }) as unknown as Record<string, (...args: unknown[]) => unknown>;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...callbacks), fc.array(oddValue, { maxLength: 9 }))), (calls) => {
        for (const [name, args] of calls) expect(handler[name]?.(...args.map(placed))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('takes any configuration that leads to no run', () => {
    fc.assert(
      fc.property(oddValue, (value) => {
        const config = placed(value);
        expect(observationOf(config)).toBeUndefined();
        expect(observationOf({ callbacks: config })).toBeUndefined();
        expect(observationOf({ callbacks: { _parentRunId: 'x', handlers: [config] } })).toBeUndefined();
      }),
    );
  });
});

test('an answer that throws when it is read costs what it holds, and the observation ends', () => {
  const { client, recording } = recordedClient();
  const handler = new CallbackHandler({ client });
  handler.handleChatModelStart(chain, [[]], 'run');
  const result = {
    get generations(): never {
      throw new Error('no');
    },
  };
  handler.handleLLMEnd(result, 'run');
  expect(recording.take().spans).toHaveLength(1);
});
