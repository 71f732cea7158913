// `npm run load -- --rate 20000 --seconds 120`: spans at a steady rate into a built collector, and what that takes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCollector } from './collector-process.mjs';
import { createHttpClient } from './http-client.mjs';
import { requestTemplate } from './request-template.mjs';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '120' },
    characters: { type: 'string', default: '380' },
    'data-dir': { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'string' },
    senders: { type: 'string', default: '4' },
  },
});
const ratePerSecond = Number(values.rate);
const seconds = Number(values.seconds);
const SHAPE = { traces: 10, spansPerTrace: 10, charactersPerSpan: Number(values.characters), instance: 'load' };
const SAMPLE_MS = 1000;
const QUERY_PAUSE_MS = 1000;

const { call, getJson, close } = createHttpClient({ maxSockets: Number(values.senders) + 2 });

/** Sends at the rate: when it falls behind it sends at once, and never makes up for what a refusal cost. */
async function sendAll(url, template, counts, recentTraces) {
  const intervalMs = (template.spanCount / ratePerSecond) * 1000;
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  let sent = 0;
  const sender = async () => {
    for (;;) {
      const dueMs = startMs + sent++ * intervalMs;
      if (dueMs > endMs) return;
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) await delay(waitMs);
      const { body, traceIds } = template.next(Date.now());
      const begunMs = performance.now();
      const { status } = await call(`${url}/v1/traces`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-protobuf' },
      });
      counts.latenciesMs.push(performance.now() - begunMs);
      counts.bytes += body.byteLength;
      if (status === 200) counts.accepted += template.spanCount;
      else counts.refused += template.spanCount;
      recentTraces[0] = traceIds[0];
    }
  };
  await Promise.all(Array.from({ length: Number(values.senders) }, sender));
}

/** What a person would look at meanwhile. */
async function queryMeanwhile(url, recentTraces, latencies, signal) {
  while (!signal.aborted) {
    for (const [name, path] of [
      ['list', '/api/v1/traces?limit=50'],
      ['filter', '/api/v1/traces?limit=50&name=lesson.webhook'],
      ['trace', `/api/v1/traces/${recentTraces[0] ?? '0'.repeat(32)}`],
    ]) {
      const begunMs = performance.now();
      await call(url + path);
      latencies[name] = [...(latencies[name] ?? []), performance.now() - begunMs];
    }
    await delay(QUERY_PAUSE_MS);
  }
}

async function sample(url, collector, samples, signal) {
  let before = { ...collector.usage(), atMs: performance.now() };
  while (!signal.aborted) {
    await delay(SAMPLE_MS);
    const { queue, store } = await getJson(`${url}/api/v1/status`);
    const now = { ...collector.usage(), atMs: performance.now() };
    samples.push({
      cpu: (now.cpuMs - before.cpuMs) / (now.atMs - before.atMs),
      residentBytes: now.residentBytes,
      queueBytes: queue.bytes,
      backlog: queue.backlog.store,
      stored: store.spans,
    });
    before = now;
  }
}

const quantile = (list, share) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) * share)] ?? Number.NaN;

async function main() {
  const dataDirectory = values['data-dir'] ?? mkdtempSync(join(tmpdir(), 'slipstream-load-'));
  const collector = await startCollector(dataDirectory);
  const template = requestTemplate(SHAPE);
  const counts = { accepted: 0, refused: 0, bytes: 0, latenciesMs: [] };
  const [recentTraces, queryMs, samples] = [[], {}, []];
  const before = (await getJson(`${collector.url}/api/v1/status`)).store.spans;
  const stop = new AbortController();
  const watching = [
    queryMeanwhile(collector.url, recentTraces, queryMs, stop.signal),
    sample(collector.url, collector, samples, stop.signal),
  ];
  const startMs = performance.now();
  const cpuBeforeMs = collector.usage().cpuMs;
  await sendAll(collector.url, template, counts, recentTraces);
  const sentMs = performance.now() - startMs;
  const cpuMs = collector.usage().cpuMs - cpuBeforeMs;
  stop.abort();
  await Promise.all(watching);
  const drainStartMs = performance.now();
  while ((await getJson(`${collector.url}/api/v1/status`)).queue.backlog.store > 0) await delay(50);
  const drainMs = performance.now() - drainStartMs;
  const stored = (await getJson(`${collector.url}/api/v1/status`)).store.spans - before;
  const report = {
    spansPerSecond: Math.round((counts.accepted / sentMs) * 1000),
    bytesPerSpan: Math.round(counts.bytes / (counts.accepted + counts.refused)),
    accepted: counts.accepted,
    refused: counts.refused,
    stored,
    lost: counts.accepted - stored,
    coresWhileSending: cpuMs / sentMs,
    drainMs: Math.round(drainMs),
    maxQueueMb: Math.max(...samples.map(({ queueBytes }) => queueBytes)) / 1e6,
    maxResidentMb: Math.max(...samples.map(({ residentBytes }) => residentBytes)) / 1e6,
    acknowledgedMs: { p50: quantile(counts.latenciesMs, 0.5), p99: quantile(counts.latenciesMs, 0.99) },
    queryMs: Object.fromEntries(
      Object.entries(queryMs).map(([name, list]) => [name, { p50: quantile(list, 0.5), p95: quantile(list, 0.95) }]),
    ),
  };
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ report, samples }));
  await collector.end('SIGKILL');
  const again = await startCollector(dataDirectory);
  process.stdout.write(`restart after SIGKILL: ready after ${Math.round(again.readyMs)} ms\n`);
  await again.end();
  close();
  if (!values.keep && values['data-dir'] === undefined) rmSync(dataDirectory, { recursive: true, force: true });
  if (report.lost !== 0) process.exitCode = 1;
}

await main();
