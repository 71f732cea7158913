// `npm run soak -- --minutes 60`: load that swells and ebbs, a backend that fails every minute, and whether memory,
// descriptors and books stay as they should.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { checkExportRequest } from '@slipstream/wire';
import { startCollector } from './collector-process.mjs';
import { createHttpClient } from './http-client.mjs';
import { requestTemplate } from './request-template.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '2000' },
    'settle-minutes': { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});
const durationMs = Number(values.minutes) * 60_000;
const settleMs = Math.min(Number(values['settle-minutes']) * 60_000, durationMs / 2);
const SAMPLE_MS = 5_000;
const FAULT_EVERY_MS = 60_000;
const FAULT_LASTS_MS = 15_000;
/** The load goes from half to one and a half times its mean and back in this time. */
const SWELL_MS = 120_000;
const FAULTS = ['503', 'hang', 'refuse', '429', 'reset'];

/** Counts the spans that it acknowledged; fails as told. */
function startBackend() {
  const state = { fault: undefined, spans: 0 };
  const sockets = new Set();
  const server = createServer(async (incoming, outgoing) => {
    try {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      if (state.fault === 'hang') return;
      if (state.fault === 'reset') return incoming.socket.resetAndDestroy();
      if (state.fault !== undefined) return outgoing.writeHead(Number(state.fault), { 'retry-after': '1' }).end();
      const body = Buffer.concat(chunks);
      const bytes = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      state.spans += checkExportRequest(bytes, () => true)?.spanCount ?? 0;
      outgoing.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    } catch {
      // The collector gave up on a request that hung.
      outgoing.destroy();
    }
  });
  server.on('connection', (socket) => {
    if (state.fault === 'refuse') return socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const fail = (fault) => {
    state.fault = fault;
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}`, state, fail, close: () => server.close() }),
    );
  });
}

const { call, getJson, close } = createHttpClient();

const statusOf = (url) => getJson(`${url}/api/v1/status`);

/** Bytes an hour, by least squares. */
function slopePerHour(samples, field) {
  const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / samples.length;
  const mean = samples.reduce((sum, sample) => sum + sample[field], 0) / samples.length;
  const above = samples.reduce((sum, sample) => sum + (sample.atMs - meanAt) * (sample[field] - mean), 0);
  const below = samples.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0);
  return (above / below) * 3_600_000;
}

async function send(url, template, accepted, startMs) {
  while (performance.now() - startMs < durationMs) {
    const swell = 1 + 0.5 * Math.sin(((performance.now() - startMs) / SWELL_MS) * 2 * Math.PI);
    const { status } = await call(`${url}/v1/traces`, {
      method: 'POST',
      body: template.next(Date.now()).body,
      headers: { 'content-type': 'application/x-protobuf' },
    });
    if (status === 200) accepted.spans += template.spanCount;
    await delay((template.spanCount / (Number(values.rate) * swell)) * 1000);
  }
}

async function failNowAndThen(backend, startMs) {
  for (let round = 0; performance.now() - startMs < durationMs; round++) {
    await delay(Math.min(FAULT_EVERY_MS - FAULT_LASTS_MS, durationMs / 4));
    backend.fail(FAULTS[round % FAULTS.length]);
    await delay(Math.min(FAULT_LASTS_MS, durationMs / 8));
    backend.fail(undefined);
  }
}

async function main() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'slipstream-soak-'));
  const backend = await startBackend();
  const collector = await startCollector(dataDirectory, {
    SLIPSTREAM_FORWARD: 'backend',
    SLIPSTREAM_FORWARD_BACKEND_URL: backend.url,
    SLIPSTREAM_FORWARD_BACKEND_TIMEOUT_MS: '2000',
    // The store is held at a size, so that what grows is a leak.
    SLIPSTREAM_RETENTION_MAX_BYTES: String(200_000_000),
  });
  const template = requestTemplate({ traces: 10, spansPerTrace: 10, charactersPerSpan: 700, instance: 'soak' });
  const accepted = { spans: 0 };
  const samples = [];
  const startMs = performance.now();
  const work = [send(collector.url, template, accepted, startMs), failNowAndThen(backend, startMs)];
  while (performance.now() - startMs < durationMs) {
    await delay(SAMPLE_MS);
    samples.push({ atMs: performance.now() - startMs, ...collector.usage() });
  }
  await Promise.all(work);
  backend.fail(undefined);
  const deadlineMs = performance.now() + 120_000;
  const isBehind = async () =>
    Object.values((await statusOf(collector.url)).queue.backlog).some((entries) => entries > 0);
  while ((await isBehind()) && performance.now() < deadlineMs) await delay(200);
  const steady = samples.filter(({ atMs }) => atMs >= settleMs);
  const report = {
    minutes: Number(values.minutes),
    accepted: accepted.spans,
    deliveredToBackend: backend.state.spans,
    residentMb: { first: steady[0]?.residentBytes / 1e6, last: steady.at(-1)?.residentBytes / 1e6 },
    residentMbPerHour: slopePerHour(steady, 'residentBytes') / 1e6,
    descriptors: { first: steady[0]?.descriptors, last: steady.at(-1)?.descriptors },
    status: (await statusOf(collector.url)).queue,
  };
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ report, samples }));
  await collector.end();
  backend.close();
  close();
  rmSync(dataDirectory, { recursive: true, force: true });
  if (report.deliveredToBackend < report.accepted) process.exitCode = 1;
}

await main();
