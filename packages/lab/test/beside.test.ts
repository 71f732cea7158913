import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRedisThere } from '@slipstream/testkit';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArmName } from '../src/arms/registry.js';
import { type BesidePlaces, needsPeers, startBeside, withoutMissing } from '../src/runner/beside.js';
import type { Scenario } from '../src/runner/scenarios.js';

const LOOP = {
  name: 'loop',
  title: 'Loop',
  kind: 'loop',
  arms: [],
  payload: 'tiny',
  tracesPerCycle: 1,
  restMs: 0,
  warmupCycles: 1,
  cycles: 1,
} as const satisfies Scenario;

let directory = '';
let places: BesidePlaces;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lab-beside-'));
  const source = fileURLToPath(new URL('../src/', import.meta.url));
  await build({
    entryPoints: ['llm', 'redis', 'sink'].map((name) => ({ in: join(source, name, 'main.ts'), out: name })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['slipstream-source'],
  });
  const module = (name: string): string => join(directory, `${name}.mjs`);
  places = {
    sinkModule: module('sink'),
    collectorModule: '',
    redisModule: module('redis'),
    llmModule: module('llm'),
  };
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('most samples need nothing beside the sink', async () => {
  const beside = await startBeside(LOOP, 'slipstream', places);
  expect(beside).toMatchObject({ stop: expect.any(Function) });
  expect(beside.sink).toBeUndefined();
  expect(beside.llmUrl).toBeUndefined();
  await beside.stop();
});

test('the work openai gets a model in another process, which ends with the sample', async () => {
  const beside = await startBeside({ ...LOOP, work: 'openai' }, 'untraced', places);
  const ask = (): Promise<Response> =>
    fetch(`${beside.llmUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'xin chào' }], max_tokens: 4 }),
    });
  expect((await ask()).status).toBe(200);
  await beside.stop();
  await expect(ask()).rejects.toThrow();
});

test.skipIf(!isRedisThere)('an arm that needs a Redis gets one in the place of the sink', async () => {
  const { sink, stop } = await startBeside(LOOP, 'slipstream-redis', places);
  expect(sink?.url).toMatch(/^redis:/);
  expect(await sink?.counts()).toMatchObject({ distinctSpans: 0, malformed: 0 });
  await stop();
});

test('a run without what a sample needs says so', async () => {
  const { redisModule: _redis, llmModule: _model, ...without } = places;
  await expect(startBeside({ ...LOOP, work: 'openai' }, 'untraced', without)).rejects.toThrow('no model');
  await expect(startBeside(LOOP, 'slipstream-redis', without)).rejects.toThrow('no Redis');
});

test('an arm that cannot run here is skipped by name', () => {
  const said: string[] = [];
  const arms: ArmName[] = ['slipstream', 'slipstream-redis'];
  const [loop] = withoutMissing([{ ...LOOP, arms }], arms, (line) => said.push(line));
  expect(loop?.arms).toEqual(isRedisThere ? arms : ['slipstream']);
  expect(said.join()).toBe(isRedisThere ? '' : 'skipping slipstream-redis: there is no redis-server on this machine');
});

test('the peers are wanted by peers, by arms on their packages, and by work on their packages', () => {
  expect(needsPeers(['untraced', 'slipstream'], [LOOP])).toBe(false);
  expect(needsPeers(['untraced', 'langfuse'], [LOOP])).toBe(true);
  expect(needsPeers(['slipstream-otel'], [LOOP])).toBe(true);
  expect(needsPeers(['untraced'], [{ ...LOOP, work: 'openai' }])).toBe(true);
});
