import { describe, expect, it } from 'vitest';
import { type PlannedCall, type PlanSettings, planTraffic } from './plan.js';
import type { TraceRow } from './trace-file.js';

/** 100 requests, 200 ms apart. */
const ROWS: readonly TraceRow[] = Array.from({ length: 100 }, (_, index) => ({
  offsetMs: index * 200,
  contextTokens: 500 + index,
  generatedTokens: 10 + index,
}));

function take(count: number, settings: Partial<PlanSettings> = {}): PlannedCall[] {
  const plan = planTraffic({
    rows: ROWS,
    seed: 'test',
    runId: 'run',
    speed: 1,
    faultRate: 0.03,
    conversationCount: 20,
    ...settings,
  });
  return Array.from({ length: count }, () => plan.next().value);
}

const share = (calls: readonly PlannedCall[], of: (call: PlannedCall) => boolean) =>
  calls.filter(of).length / calls.length;

describe('planTraffic', () => {
  it('is the same for equal settings, and another for another seed', () => {
    expect(take(300)).toEqual(take(300));
    expect(take(300, { seed: 'other' })).not.toEqual(take(300));
  });

  it('sends the first call at once and keeps the recorded times and token counts', () => {
    const calls = take(100);
    expect(calls.map((call) => call.atMs)).toEqual(ROWS.map((row) => row.offsetMs));
    expect(calls.map((call) => call.turn.contextTokens)).toEqual(ROWS.map((row) => row.contextTokens));
    expect(calls.map((call) => call.turn.generatedTokens)).toEqual(ROWS.map((row) => row.generatedTokens));
  });

  it.each([1, 20, 100])('runs %i times as fast, and is the same otherwise', (speed) => {
    const calls = take(250, { speed });
    const real = take(250);
    for (const [index, call] of calls.entries()) expect(call.atMs).toBeCloseTo((real[index]?.atMs ?? -1) / speed, 6);
    expect(calls.map(({ turn }) => turn)).toEqual(real.map(({ turn }) => turn));
  });

  it('starts the file over when it ends, and goes on in time', () => {
    const calls = take(350);
    expect(calls[100]?.atMs).toBeCloseTo(100 * 200 + 1, 6);
    expect(calls.every((call, index) => call.atMs >= (calls[index - 1]?.atMs ?? 0))).toBe(true);
    expect(calls[0]?.turn.seed).not.toBe(calls[100]?.turn.seed);
    expect(take(3, { rows: ROWS.slice(0, 1) }).map((call) => call.atMs)).toEqual([0, 1, 2]);
  });

  it('makes conversations of three to eight turns, in order, that overlap', () => {
    const calls = take(2_000);
    const turns = new Map<string, number[]>();
    for (const { conversation, turnIndex } of calls) {
      turns.set(conversation.id, [...(turns.get(conversation.id) ?? []), turnIndex]);
    }
    const lengths = new Set<number>();
    for (const [id, indexes] of turns) {
      expect(indexes).toEqual(indexes.map((_, index) => index));
      const planned = calls.find((call) => call.conversation.id === id)?.conversation.turnCount ?? 0;
      expect(indexes.length).toBeLessThanOrEqual(planned);
      lengths.add(planned);
    }
    expect([...lengths].sort()).toEqual([3, 4, 5, 6, 7, 8]);
    expect(turns.size).toBeGreaterThan(2_000 / 8);
  });

  it('keeps to the number of conversations at the same time', () => {
    const open = new Map<string, number>();
    for (const { conversation, turnIndex } of take(2_000, { conversationCount: 5 })) {
      open.set(conversation.id, conversation.turnCount - turnIndex - 1);
      if (open.get(conversation.id) === 0) open.delete(conversation.id);
      expect(open.size).toBeLessThanOrEqual(5);
    }
  });

  it('gives both languages equal parts, and many users, bots and lessons', () => {
    const calls = take(4_000);
    expect(share(calls, ({ conversation }) => conversation.language === 'vi')).toBeCloseTo(0.5, 1);
    const distinct = (of: (call: PlannedCall) => string) => new Set(calls.map(of)).size;
    expect(distinct(({ conversation }) => conversation.userId)).toBeGreaterThan(150);
    expect(distinct(({ conversation }) => conversation.botId)).toBe(6);
    expect(distinct(({ conversation }) => conversation.lessonId)).toBe(5);
  });

  it('fails about the stated share of calls, in every way there is', () => {
    const calls = take(6_000, { faultRate: 0.1 });
    expect(share(calls, ({ turn }) => turn.fault !== undefined)).toBeCloseTo(0.1, 1);
    expect([...new Set(calls.map(({ turn }) => turn.fault))].sort()).toEqual([
      'bad-payload',
      'drop',
      'rate-limit',
      'server-error',
      'slow',
      'unknown-conversation',
      undefined,
    ]);
    expect(take(1_000, { faultRate: 0 }).every(({ turn }) => turn.fault === undefined)).toBe(true);
    expect(take(1_000, { faultRate: 1 }).every(({ turn }) => turn.fault !== undefined)).toBe(true);
  });

  it('says the same whatever the share of faults is', () => {
    const said = (faultRate: number) => take(500, { faultRate }).map(({ turn }) => turn.kind);
    expect(said(0)).toEqual(said(0.5));
  });

  it('says goodbye in last turns only', () => {
    for (const { conversation, turnIndex, turn } of take(2_000)) {
      if (turn.kind === 'stop') expect(turnIndex).toBe(conversation.turnCount - 1);
    }
  });
});
