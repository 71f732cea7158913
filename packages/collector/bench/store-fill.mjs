// Fills a store by its real intake: the store's own thread, batch after batch, as its destination would write them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDuckDbStore } from '../dist/store/index.js';
import { copyOfTrace, copyStore } from './store-copies.mjs';
import { storeSpans } from './store-spans.mjs';

const DAY_MS = 86_400_000;
const REQUESTS_A_BATCH = 40;
const SAMPLES_FILE = 'bench-samples.json';

/** The same with a store that is `copies` times a smaller one, which the directory keeps beside it. */
export async function fillStoreByCopies({ dataDirectory, spans, days, copies, say }) {
  const path = join(dataDirectory, SAMPLES_FILE);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  const part = { dataDirectory: join(dataDirectory, 'original'), spans: spans / copies, days: days / copies };
  const original = await fillStore({ ...part, say });
  const lengthMs = original.toMs - original.fromMs;
  await copyStore({
    from: join(part.dataDirectory, 'store'),
    to: join(dataDirectory, 'store'),
    copies,
    lengthMs,
    say,
  });
  const traces = Array.from({ length: copies }, (_, index) =>
    original.traces.map((trace) => copyOfTrace(trace, copies - 1 - index, lengthMs)),
  ).flat();
  const samples = {
    spans: original.spans * copies,
    fromMs: original.fromMs - (copies - 1) * lengthMs,
    toMs: original.toMs,
    traces,
  };
  writeFileSync(path, JSON.stringify(samples));
  return samples;
}

/**
 * @returns traces that are in the store, `{ spans, fromMs, toMs, traces }`, in the order of their start; from a file where
 * the directory was filled before
 */
export async function fillStore({ dataDirectory, spans, days, say }) {
  const path = join(dataDirectory, SAMPLES_FILE);
  if (existsSync(path)) {
    const samples = JSON.parse(readFileSync(path, 'utf8'));
    if (samples.spans >= spans) return samples;
  }
  mkdirSync(dataDirectory, { recursive: true });
  const store = await createDuckDbStore({ directory: join(dataDirectory, 'store') });
  const toMs = Date.now() - 60_000;
  const fromMs = toMs - days * DAY_MS;
  const samples = { spans: 0, fromMs, toMs, traces: [] };
  const startedMs = performance.now();
  const generator = storeSpans();
  let writing = Promise.resolve();
  let bytes = 0;
  let saidShare = 0;
  while (samples.spans < spans) {
    const progress = samples.spans / spans;
    const atMs = Math.floor(fromMs + progress * (toMs - fromMs));
    const requests = Array.from({ length: REQUESTS_A_BATCH }, () => generator.next(atMs, progress));
    const payloads = requests.map(({ body }) => body);
    // One batch is made while the one before is written.
    await writing;
    writing = store.write({ payloads, cursor: undefined });
    for (const { body, spanCount, traces } of requests) {
      samples.spans += spanCount;
      bytes += body.byteLength;
      samples.traces.push(...traces);
    }
    if (progress - saidShare > 0.05) {
      saidShare = progress;
      const rate = Math.round((samples.spans / (performance.now() - startedMs)) * 1_000);
      say(`${samples.spans} spans stored, ${rate} a second, ${Math.round(bytes / samples.spans)} bytes each`);
    }
  }
  await writing;
  await store.close();
  samples.traces.sort((a, b) => a.atMs - b.atMs);
  writeFileSync(path, JSON.stringify(samples));
  return samples;
}
