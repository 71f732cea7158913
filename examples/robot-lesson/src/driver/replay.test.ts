import { describe, expect, it } from 'vitest';
import type { CallResult, LessonClient } from './lesson-client.js';
import { type PlannedCall, planTraffic } from './plan.js';
import { type ReplaySettings, startReplay } from './replay.js';

interface Seen {
  readonly path: string;
  readonly id: string;
  readonly atMs: number;
}

const ANSWER: CallResult = { kind: 'answered', targetWord: 'tiger', promptTokens: 5, completionTokens: 2 };

/** A service that answers when told to. */
function fakeService(answer: (path: string) => Promise<CallResult> = async () => ANSWER) {
  const seen: Seen[] = [];
  const startMs = performance.now();
  const client: LessonClient = {
    post(path, body) {
      const { conversation_id: id } = body as { conversation_id: string };
      seen.push({ path, id, atMs: performance.now() - startMs });
      return answer(path);
    },
  };
  return { client, seen };
}

/** Calls 10 ms apart. */
function plan(more: Partial<Parameters<typeof planTraffic>[0]> = {}): Generator<PlannedCall> {
  const rows = Array.from({ length: 50 }, (_, index) => ({
    offsetMs: index * 10,
    contextTokens: 10,
    generatedTokens: 2,
  }));
  return planTraffic({ rows, seed: 'r', runId: 'r', speed: 1, faultRate: 0, conversationCount: 8, ...more });
}

function start(client: LessonClient, more: Partial<ReplaySettings> = {}) {
  return startReplay({
    plan: plan(),
    client,
    maxInFlightCount: 100,
    limit: Number.POSITIVE_INFINITY,
    durationMs: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    ...more,
  });
}

/** Promises that are settled by the test. */
function gate() {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    wait: () => (isOpen ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))),
    open: () => {
      isOpen = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

describe('startReplay', () => {
  it('sends the limit of calls and keeps the books', async () => {
    const { client, seen } = fakeService();
    const replay = start(client, { limit: 20 });
    await replay.done;
    const webhooks = seen.filter(({ path }) => path === '/webhook');
    expect(webhooks).toHaveLength(20);
    expect(replay.books()).toMatchObject({
      sent: 20,
      answered: 20,
      inFlight: 0,
      promptTokens: 100,
      completionTokens: 40,
      conversations: seen.length - 20,
    });
  });

  it('begins each conversation before its first message', async () => {
    const { client, seen } = fakeService();
    await start(client, { limit: 30 }).done;
    for (const id of new Set(seen.map((call) => call.id))) {
      const paths = seen.filter((call) => call.id === id).map(({ path }) => path);
      expect(paths.filter((path) => path === '/init_conversation')).toHaveLength(1);
      expect(paths[0]).toBe('/init_conversation');
    }
  });

  it('sends no message of a conversation that could not begin', async () => {
    const { client, seen } = fakeService(async () => ({ kind: 'failed', reason: 'away' }));
    const replay = start(client, { limit: 1 });
    await replay.done;
    expect(seen.map(({ path }) => path)).toEqual(['/init_conversation']);
    expect(replay.books()).toMatchObject({ sent: 1, failed: 1, inFlight: 0 });
  });

  it('goes on sending while nothing is answered (open loop), but one turn of a conversation at a time', async () => {
    const held = gate();
    const { client, seen } = fakeService(async (path) => {
      if (path === '/webhook') await held.wait();
      return ANSWER;
    });
    const replay = start(client, { limit: 20 });
    await expect.poll(() => replay.books().inFlight).toBeGreaterThanOrEqual(8);
    const waiting = seen.filter(({ path }) => path === '/webhook').map(({ id }) => id);
    expect(new Set(waiting).size).toBe(waiting.length);
    held.open();
    await replay.done;
    expect(replay.books()).toMatchObject({ sent: 20, answered: 20 });
  });

  it('never sends a call before its time', async () => {
    const { client, seen } = fakeService();
    await start(client, { limit: 20 }).done;
    const webhooks = seen.filter(({ path }) => path === '/webhook');
    for (const [index, { atMs }] of webhooks.entries()) expect(atMs).toBeGreaterThanOrEqual(index * 10 - 2);
  });

  it('keeps to its bound of calls in progress', async () => {
    const held = gate();
    const { client, seen } = fakeService(async () => {
      await held.wait();
      return ANSWER;
    });
    const replay = start(client, { limit: 12, maxInFlightCount: 3 });
    await expect.poll(() => seen.length).toBe(3);
    held.open();
    await replay.done;
    expect(replay.books().sent).toBe(12);
  });

  it('ends after its duration', async () => {
    const { client } = fakeService();
    const replay = start(client, { durationMs: 95 });
    await replay.done;
    expect(replay.books().sent).toBe(10);
  });

  it('stops sending when told to, and waits for what is in progress', async () => {
    const held = gate();
    const { client } = fakeService(async () => {
      await held.wait();
      return ANSWER;
    });
    const controller = new AbortController();
    const replay = start(client, { signal: controller.signal });
    await expect.poll(() => replay.books().inFlight).toBeGreaterThan(1);
    controller.abort();
    let isDone = false;
    void replay.done.then(() => {
      isDone = true;
    });
    await Promise.resolve();
    expect(isDone).toBe(false);
    held.open();
    await replay.done;
    expect(replay.books().inFlight).toBe(0);
  });

  it('tells refused and failed calls from answered ones', async () => {
    const results: CallResult[] = [ANSWER, { kind: 'refused', status: 404 }, { kind: 'failed', reason: 'reset' }];
    const { client } = fakeService(async (path) => (path === '/webhook' ? (results.shift() ?? ANSWER) : ANSWER));
    const replay = start(client, { limit: 3 });
    await replay.done;
    expect(replay.books()).toMatchObject({ answered: 1, refused: 1, failed: 1 });
  });
});
