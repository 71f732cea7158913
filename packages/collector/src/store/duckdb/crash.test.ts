import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EPOCH_US, payload } from '../suite/payloads.js';
import { buildStoreWorker } from '../testing.js';
import { resolveSettings } from './settings.js';
import { createDuckDbStore } from './store.js';

const BATCHES = 40;
const SPANS_PER_BATCH = 40;

/** A process that writes one file after another to the store's thread and prints each that was acknowledged. */
const WRITER = `
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
const [workerUrl, settings, folder, count] = process.argv.slice(2);
const worker = new Worker(new URL(workerUrl), { workerData: JSON.parse(settings) });
const write = (id) => {
  if (id > Number(count)) return;
  const bytes = new Uint8Array(readFileSync(folder + '/' + id));
  const batch = { bytes: bytes.buffer, lengths: [bytes.byteLength], cursor: id };
  worker.postMessage({ id, method: 'write', args: [batch] });
};
worker.on('message', (reply) => {
  if (reply.kind === 'result') console.log(reply.id);
  write((reply.id ?? 0) + 1);
});
`;

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipstream-crash-'));
});

afterEach(async () => rm(root, { recursive: true, force: true }));

/** Writes in a process of its own and kills that when so many batches have been acknowledged; gives the last one. */
async function writeAndKill(workerUrl: URL, directory: string, killAfter: number): Promise<number> {
  // Checkpoints all the time, so that some kills fall into one.
  const settings = {
    ...resolveSettings({ directory }),
    checkpoint: { everyRows: 100, everyBytes: 2 ** 30, idleMs: 1 },
  };
  const args = [workerUrl.href, JSON.stringify(settings), root, String(BATCHES)];
  const child = spawn(process.execPath, [join(root, 'writer.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let acknowledged = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    acknowledged = Number(line);
    if (acknowledged >= killAfter) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return acknowledged;
}

test('a batch that was acknowledged survives SIGKILL whole, and no batch is there in part', async () => {
  const workerUrl = await buildStoreWorker();
  await writeFile(join(root, 'writer.mjs'), WRITER);
  for (let batch = 1; batch <= BATCHES; batch += 1) {
    const spans = Array.from({ length: SPANS_PER_BATCH }, (_, index) => ({ trace: batch, span: index + 1 }));
    await writeFile(join(root, String(batch)), payload(...spans));
  }
  for (const killAfter of [2, 25]) {
    const directory = join(root, `store-${killAfter}`);
    const acknowledged = await writeAndKill(workerUrl, directory, killAfter);
    expect(acknowledged).toBeGreaterThanOrEqual(killAfter);
    const store = await createDuckDbStore({ directory, workerUrl });
    const cursor = (await store.cursor()) ?? 0;
    const { spans, traces, spansByInstance } = await store.counts();
    const listed = await store.listTraces({ limit: 100 });
    const fromMs = EPOCH_US / 1000;
    const series = await store.series({ fromMs, toMs: fromMs + 3_600_000, stepMs: 60_000 });
    await store.close();
    expect(cursor).toBeGreaterThanOrEqual(acknowledged);
    expect({ spans, traces }).toEqual({ spans: cursor * SPANS_PER_BATCH, traces: cursor });
    expect(spansByInstance).toEqual({ 'suite-instance': spans });
    expect(series.total.spans).toBe(spans);
    expect(listed.traces.map(({ observationCount }) => observationCount)).toEqual(
      Array.from({ length: cursor }, () => SPANS_PER_BATCH),
    );
  }
}, 90_000);
