import { describe, expect, test } from 'vitest';
import { retryDelayMs } from '../model/backoff.js';
import { type LiveEnvironment, type LiveState, openLive } from './live.js';

/** A stream and a clock that do what the test says. */
function fakeWorld() {
  const streams: { url: string; isClosed: boolean; emit(type: string, data?: unknown): void }[] = [];
  const timers: { atMs: number; task: () => void }[] = [];
  let nowMs = 0;
  const environment: LiveEnvironment = {
    open(url) {
      const listeners: { type: string; listener: (event: { data?: unknown }) => void }[] = [];
      const stream = {
        url,
        isClosed: false,
        emit: (type: string, data?: unknown) => {
          for (const entry of listeners) if (entry.type === type) entry.listener({ data });
        },
        addEventListener: (type: string, listener: (event: { data?: unknown }) => void) =>
          listeners.push({ type, listener }),
        close: () => {
          stream.isClosed = true;
        },
      };
      streams.push(stream);
      return stream;
    },
    random: () => 1,
    nowMs: () => nowMs,
    after(delayMs, task) {
      const timer = { atMs: nowMs + delayMs, task };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at !== -1) timers.splice(at, 1);
      };
    },
  };
  const pass = (ms: number) => {
    nowMs += ms;
    for (const timer of timers.filter((candidate) => candidate.atMs <= nowMs)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.task();
    }
  };
  return { environment, streams, timers, pass };
}

function follow(world: ReturnType<typeof fakeWorld>) {
  const states: LiveState[] = [];
  const traces: string[] = [];
  const hellos: number[] = [];
  const close = openLive(
    '/live',
    {
      onState: (state) => states.push(state),
      onHello: () => hellos.push(world.streams.length),
      onTrace: (trace) => traces.push(trace.traceId),
    },
    world.environment,
  );
  return { states, traces, hellos, close };
}

const summary = {
  traceId: 't1',
  name: 'n',
  service: null,
  environment: null,
  release: null,
  startTimeUs: 1,
  durationUs: null,
  running: true,
  observationCount: 1,
  errorCount: 0,
  level: 'DEFAULT',
  userId: null,
  sessionId: null,
  conversation: null,
  tags: [],
  metadata: {},
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  costUsd: null,
};

describe('the live stream', () => {
  test('says when it is connected and passes traces on', () => {
    const world = fakeWorld();
    const seen = follow(world);
    world.streams[0]?.emit('hello', '{}');
    world.streams[0]?.emit('trace', JSON.stringify(summary));
    expect(seen.states.map((state) => state.kind)).toEqual(['connecting', 'live']);
    expect(seen.traces).toEqual(['t1']);
  });

  test('passes over what is not a trace', () => {
    const world = fakeWorld();
    const seen = follow(world);
    for (const data of ['{', '5', '{"traceId":1}', undefined]) world.streams[0]?.emit('trace', data);
    expect(seen.traces).toEqual([]);
    expect(seen.states.map((state) => state.kind)).toEqual(['connecting']);
  });

  test('comes back after a fall, waiting longer each time, and greets each time', () => {
    const world = fakeWorld();
    const seen = follow(world);
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      world.streams.at(-1)?.emit('error');
      const state = seen.states.at(-1);
      const waitMs = state?.kind === 'waiting' ? state.retryInMs : 0;
      waits.push(waitMs);
      world.pass(waitMs - 1);
      expect(world.streams).toHaveLength(round + 1);
      world.pass(1);
      expect(world.streams).toHaveLength(round + 2);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    world.streams.at(-1)?.emit('hello');
    expect(seen.hellos).toEqual([5]);
    expect(world.streams.slice(0, -1).every((stream) => stream.isClosed)).toBe(true);
  });

  test('a connection that held resets the wait; one that only greeted does not', () => {
    const world = fakeWorld();
    const seen = follow(world);
    const fall = () => {
      world.streams.at(-1)?.emit('error');
      const state = seen.states.at(-1);
      const waitMs = state?.kind === 'waiting' ? state.retryInMs : 0;
      world.pass(waitMs);
      world.streams.at(-1)?.emit('hello');
      return waitMs;
    };
    expect([fall(), fall()]).toEqual([500, 1_000]);
    world.pass(5_000);
    expect(fall()).toBe(500);
  });

  test('silence beyond three pings is a fall; a ping is not silence', () => {
    const world = fakeWorld();
    const seen = follow(world);
    world.streams[0]?.emit('hello');
    world.pass(44_000);
    world.streams[0]?.emit('ping');
    world.pass(44_000);
    expect(seen.states.at(-1)?.kind).toBe('live');
    world.pass(1_000);
    expect(seen.states.at(-1)?.kind).toBe('waiting');
  });

  test('closing ends it for good', () => {
    const world = fakeWorld();
    const seen = follow(world);
    seen.close();
    world.streams[0]?.emit('error');
    world.pass(100_000);
    expect(world.streams).toHaveLength(1);
    expect(world.streams[0]?.isClosed).toBe(true);
    expect(world.timers).toHaveLength(0);
  });
});

test('the wait has a ceiling and is spread by chance', () => {
  expect(retryDelayMs(50, 0.999)).toBeLessThanOrEqual(15_000);
  expect(retryDelayMs(50, 0)).toBe(7_500);
  expect(retryDelayMs(0, 0)).toBe(250);
});
