import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { RunnerChannel } from './channel.js';
import { runMistake } from './mistake.js';
import type { MistakeTask, SampleMessage } from './protocol.js';

const folder = mkdtempSync(join(tmpdir(), 'lab-mistake-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return pathToFileURL(path).href;
}

const REQUESTS_URL = write('requests.mjs', 'export const makeRequest = (index) => ({ index });');

function taskOf(programUrl: string): MistakeTask {
  const setting = { arm: 'langfuse', sinkUrl: 'http://127.0.0.1:9', peersUrl: 'file:///', seed: 1 } as const;
  const pace = { requests: 20, paceMs: 1, warmupRequests: 5, certainSpansPerRequest: 3 };
  return { ...setting, kind: 'mistake', programUrl, requestsUrl: REQUESTS_URL, ...pace };
}

function channelTo(sent: SampleMessage['type'][]): RunnerChannel {
  return { send: ({ type }) => void sent.push(type), receive: async () => undefined, close: () => undefined };
}

/** Keeps what was done to it, and stops the thread for a while at one request of the measurement. */
const PROGRAM = `
  export const done = [];
  export const told = ['a mistake'];
  let answered = 0;
  export const setUp = ({ url }) => { done.push('setUp ' + url); };
  export const handle = async ({ index }) => {
    done.push('handle ' + index);
    answered += 1;
    const until = performance.now() + (answered === 10 ? 30 : 0);
    while (performance.now() < until);
  };
  export const flush = async () => { done.push('flush'); };
  export const tearDown = async () => { done.push('tearDown'); };
  export const lookUp = () => done.length;
`;

test('a program is set up, warmed up, flushed, given its requests at their times, flushed and torn down', async () => {
  const url = write('program.mjs', PROGRAM);
  const sent: SampleMessage['type'][] = [];
  const { spans, metrics, flushError } = await runMistake(taskOf(url), channelTo(sent));
  const { done } = (await import(/* @vite-ignore */ url)) as { done: string[] };
  expect(sent).toEqual(['ready']);
  expect(done.filter((step) => !step.startsWith('handle'))).toEqual([
    'setUp http://127.0.0.1:9',
    'flush',
    'flush',
    'tearDown',
  ]);
  expect(done.filter((step) => step.startsWith('handle'))).toHaveLength(1 + 5 + 20);
  expect(spans).toBe(20 * 3);
  expect(flushError).toBeUndefined();
  expect(metrics.told).toBe(1);
  for (const name of ['importMs', 'setUpMs', 'firstCallMs', 'callMs', 'mainCpuUsPerRequest', 'lookUpNs'] as const) {
    expect(metrics[name], name).toBeGreaterThan(0);
  }
});

test('a stall is waited for by each request that was planned in its time', async () => {
  const { metrics } = await runMistake(taskOf(write('stalling.mjs', PROGRAM)), channelTo([]));
  expect(metrics.longestStallMs).toBeGreaterThanOrEqual(20);
  // Of 20 requests at a pace of 1 ms about half come during the stall or right behind it.
  expect((metrics.p90Ms ?? 0) / (metrics.callMs ?? 0)).toBeGreaterThan(2);
  expect(metrics.maxMs).toBeGreaterThanOrEqual(29);
});

test('a flush that fails is told, and the figures are kept', async () => {
  const text = PROGRAM.replace("done.push('flush')", "throw new Error('no backend')");
  const { flushError, metrics } = await runMistake(taskOf(write('failing.mjs', text)), channelTo([]));
  expect(flushError).toContain('no backend');
  expect(metrics.mainCpuUsPerRequest).toBeGreaterThan(0);
});

test('a program without what the lab drives it by is refused by name', async () => {
  const url = write('half.mjs', 'export const handle = async () => undefined;');
  await expect(runMistake(taskOf(url), channelTo([]))).rejects.toMatchObject({
    code: 'LAB_MALFORMED_PROGRAM',
    message: expect.stringContaining('setUp, flush, tearDown'),
  });
});
