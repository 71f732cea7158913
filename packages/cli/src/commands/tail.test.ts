import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FakeApi, type FakeData, startFakeApi } from '../../test/fake-api.js';
import { makeTerminal } from '../../test/memory-terminal.js';
import { makeTrace, traceIdOf } from '../../test/trace-fixture.js';
import type { TailFlags } from '../program/flags.js';
import { tailTraces } from './tail.js';

let api: FakeApi;
const tails: Promise<number>[] = [];

afterEach(async () => {
  // What Ctrl-C does, to our own listeners alone.
  process.emit('SIGTERM', 'SIGTERM');
  for (const tail of tails.splice(0)) expect(await tail.catch(() => 0)).toBe(0);
  await api.close();
});

interface Tail {
  readonly text: { readonly out: string; readonly err: string };
  readonly ended: Promise<number>;
}

async function tail(data: Partial<FakeData> = {}, flags: Partial<TailFlags> = {}, columns?: number): Promise<Tail> {
  api = await startFakeApi(data);
  const { terminal, text } = makeTerminal({ columns });
  const ended = tailTraces({ url: api.url, token: undefined }, { json: false, ...flags }, terminal);
  tails.push(ended);
  await Promise.race([eventually(() => expect(text.err).toContain('Listening to')), ended]);
  return { text, ended };
}

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);

/** The machine may have other things to do. */
const eventually = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: 10_000 });

describe('slipstream tail', () => {
  it('prints a line for each trace as it comes', async () => {
    const { text } = await tail();
    api.tell('trace', makeTrace());
    api.tell('ping', {});
    api.tell('trace', makeTrace({ traceId: traceIdOf(1), level: 'DEFAULT', name: 'phát âm', costUsd: null }));
    await eventually(() => expect(linesOf(text.out)).toHaveLength(2));
    const [first, second] = linesOf(text.out);
    expect(first).toMatch(
      /^\d\d:\d\d:01\.250 {2}4bf92f35 +1\.24 s +1,234 tok +\$0\.0012 {2}ERROR {4}lesson\.webhook {2}robot-lesson {2}conv-1$/,
    );
    expect(second).toContain('  00000001     1.24 s    1,234 tok          -           phát âm');
  });

  it('prints a trace when it begins, when it ends, and when it changes after that, but never the same line twice', async () => {
    const { text } = await tail();
    const running = makeTrace({ running: true, durationUs: null });
    for (const totalTokens of [0, 10, 20]) api.tell('trace', { ...running, totalTokens });
    api.tell('trace', makeTrace());
    api.tell('trace', makeTrace());
    api.tell('trace', makeTrace({ totalTokens: 1300 }));
    await eventually(() => expect(text.out).toContain('1,300 tok'));
    expect(linesOf(text.out).map((line) => /running|[\d,]+ tok/.exec(line)?.[0])).toEqual([
      'running',
      '1,234 tok',
      '1,300 tok',
    ]);
  });

  it('fits the terminal', async () => {
    const { text } = await tail({}, {}, 40);
    api.tell('trace', makeTrace());
    await eventually(() => expect(text.out).toMatch(/^.{39}…\n$/));
  });

  it('prints one JSON object a line, and nothing else to stdout', async () => {
    const { text } = await tail({}, { json: true });
    api.tell('trace', makeTrace());
    api.tell('trace', makeTrace({ totalTokens: 1300 }));
    await eventually(() => expect(linesOf(text.out)).toHaveLength(2));
    expect(linesOf(text.out).map((line) => JSON.parse(line))).toEqual([makeTrace(), makeTrace({ totalTokens: 1300 })]);
  });

  it('sends its filters', async () => {
    await tail({}, { name: 'a', metadata: ['k:v'], level: 'ERROR' });
    expect(api.filters).toEqual([{ name: 'a', metadata: ['k:v'], level: 'ERROR' }]);
  });

  it('connects again, says so, and prints what came meanwhile', async () => {
    const { text } = await tail();
    api.tell('trace', makeTrace());
    await eventually(() => expect(linesOf(text.out)).toHaveLength(1));
    const missed = makeTrace({ traceId: traceIdOf(2), startTimeUs: Date.now() * 1000 });
    api.data.traces = [missed, makeTrace()];
    api.cut();
    await eventually(() => expect(text.err).toContain('Connected again.'));
    expect(text.err).toMatch(/No collector at http.*: it broke the connection off\. Next try in 0\.[23] s\.\n/);
    expect(linesOf(text.out).map((line) => line.slice(14, 22))).toEqual(['4bf92f35', '00000002']);
    expect(api.filters.at(-1)?.fromUs).toBeGreaterThan((Date.now() - 120_000) * 1000);
    api.tell('trace', makeTrace({ traceId: traceIdOf(3) }));
    await eventually(() => expect(linesOf(text.out)).toHaveLength(3));
  });

  it('tries for as long as the collector is away, after longer and longer pauses', async () => {
    const { text } = await tail();
    const port = Number(new URL(api.url).port);
    await api.close();
    await eventually(() => expect(text.err.match(/Next try in/g)?.length).toBe(3));
    const pauses = [...text.err.matchAll(/Next try in ([\d.]+) s/g)].map((match) => Number(match[1]));
    expect(pauses[2]).toBeGreaterThan(pauses[0]! * 2);
    api = await startFakeApi({}, port);
    await eventually(() => expect(text.err).toContain('Connected again.'));
  });

  it('gives up when the collector does not want it any more', async () => {
    const { ended } = await tail();
    api.data.token = 'changed';
    api.cut();
    await expect(ended).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('--token') });
  });

  it('does not start where nobody answers', async () => {
    api = await startFakeApi();
    await api.close();
    const { terminal } = makeTerminal();
    await expect(tailTraces({ url: api.url, token: undefined }, { json: false }, terminal)).rejects.toMatchObject({
      code: 'unreachable',
    });
    api = await startFakeApi();
  });

  it('ends with what the collector says of a wrong filter', async () => {
    await expect(tail({}, { level: 'LOUD' as never })).rejects.toMatchObject({ code: 'rejected' });
  });
});
