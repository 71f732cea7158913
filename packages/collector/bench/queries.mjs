// `npm run bench:store -- --spans 10000000`: fills a store, asks a built collector every kind of question about it, and
// prints how long the answers took. `--data-dir` keeps the store for the next run, `--intake 3000` adds a second table
// while spans come in at that rate, `--copies 10` takes in a tenth of the spans and copies them within the database.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCollector } from './collector-process.mjs';
import { createHttpClient } from './http-client.mjs';
import { fillStore, fillStoreByCopies } from './store-fill.mjs';
import {
  ABSENT_WORD,
  botOf,
  COMMON_WORD,
  nameOf,
  numbers,
  RARE_WORD,
  serviceOf,
  storeSpans,
  userOf,
} from './store-spans.mjs';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '30' },
    copies: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '60' },
    intake: { type: 'string', default: '0' },
    only: { type: 'string' },
    'data-dir': { type: 'string' },
    json: { type: 'string' },
  },
});
const DAY_US = 86_400_000_000;
/** Traces come to rest, and the trace ids are read, in the first seconds after a start. */
const SETTLE_MS = 15_000;
const WARM_UP_ROUNDS = 2;

const say = (line) => process.stderr.write(`${line}\n`);
const { call, close } = createHttpClient({ maxSockets: 8 });

/** What is asked: each gives a path, with other arguments every time. */
function questions({ fromMs, toMs, traces }, url) {
  const random = numbers(42);
  const any = (list = traces) => list[Math.floor(random() * list.length)];
  const newest = traces.slice(-Math.max(10, Math.floor(traces.length / 100)));
  const oldest = traces.slice(0, Math.max(10, Math.floor(traces.length / 100)));
  const list = (parameters) => `/api/v1/traces?${new URLSearchParams({ limit: '50', ...parameters })}`;
  const timeUs = () => Math.floor((fromMs + random() * (toMs - fromMs)) * 1_000);
  const series = (days, parameters) => {
    const fromUs = String(Math.floor(toMs * 1_000) - days * DAY_US);
    return `/api/v1/series?${new URLSearchParams({ fromUs, toUs: String(Math.floor(toMs * 1_000)), ...parameters })}`;
  };
  const metadata = (condition) => list({ metadata: condition });
  const pageAt = async (toUs) => {
    const { nextCursor } = JSON.parse((await call(url + list({ toUs: String(toUs), limit: '1' }))).body.toString());
    return list({ cursor: nextCursor });
  };
  return {
    'list, first page': () => list({}),
    'list, a page deep in it': () => pageAt(timeUs()),
    'a day': () => {
      const from = timeUs();
      return list({ fromUs: String(from), toUs: String(from + DAY_US) });
    },
    'name, frequent': () => list({ name: nameOf(Math.floor(random() * 5)) }),
    'name, rare': () => list({ name: nameOf(190 + Math.floor(random() * 10)) }),
    service: () => list({ service: serviceOf(Math.floor(random() * 20)) }),
    'a name in a day': () => {
      const from = timeUs();
      return list({ name: nameOf(50), fromUs: String(from), toUs: String(from + DAY_US) });
    },
    user: () => list({ user: userOf(Math.floor(random() * 5_000)) }),
    'user, absent': () => list({ user: `nobody-${random()}` }),
    'errors only': () => list({ level: 'ERROR' }),
    'errors of a user': () => list({ level: 'ERROR', user: any().user }),
    conversation: () => list({ conversation: any().conversation }),
    'conversation, absent': () => list({ conversation: `none-${random()}` }),
    'metadata, frequent': () => metadata('next_action:explain'),
    'metadata, 1 trace in 50': () => metadata(`bot_id:${botOf(20 + Math.floor(random() * 20))}`),
    'metadata, 1 trace in 400': () => metadata('experiment:variant-b'),
    'metadata, one trace': () => metadata(`request_id:${any().request}`),
    'metadata, absent': () => metadata(`request_id:none-${random()}`),
    'metadata, a key': () => metadata('attempt'),
    'metadata, a key that is absent': () => metadata(`none-${random()}`),
    'metadata of a user': () => list({ metadata: 'next_action:explain', user: any().user }),
    'text, common': () => list({ text: COMMON_WORD }),
    'text, rare: first answer': () => list({ text: RARE_WORD }),
    'text, absent: first answer': () => list({ text: ABSENT_WORD }),
    'text, absent: an answer deep in the list': async () => `${await pageAt(timeUs())}&text=${ABSENT_WORD}`,
    'text of a user': () => list({ text: COMMON_WORD, user: any().user }),
    'text in a conversation': () => list({ text: COMMON_WORD, conversation: any().conversation }),
    'trace, new': () => `/api/v1/traces/${any(newest).traceId}`,
    'trace, old': () => `/api/v1/traces/${any(oldest).traceId}`,
    'trace, any': () => `/api/v1/traces/${any().traceId}`,
    'trace, absent': () => `/api/v1/traces/${String(random()).slice(2).padStart(32, 'a')}`,
    observation: async () => {
      const { traceId } = any();
      const { observations } = JSON.parse((await call(`${url}/api/v1/traces/${traceId}`)).body.toString());
      return `/api/v1/traces/${traceId}/observations/${any(observations).spanId}`;
    },
    facets: () => '/api/v1/facets',
    'series, the last day': () => series(1, {}),
    'series, 30 days': () => series(30, {}),
    'series, 30 days of a service': () => series(30, { service: serviceOf(Math.floor(random() * 20)) }),
    'series, 30 days of a name': () => series(30, { name: nameOf(Math.floor(random() * 200)) }),
    status: () => '/api/v1/status',
  };
}

async function ask({ url, usage }, kinds, rounds) {
  const answers = {};
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [kind, pathOf] of Object.entries(kinds)) {
      const path = await pathOf();
      const cpuBeforeMs = usage().cpuMs;
      const begunMs = performance.now();
      const { status, body } = await call(url + path);
      const tookMs = performance.now() - begunMs;
      const cpuMs = usage().cpuMs - cpuBeforeMs;
      if (status !== 200 && !(status === 404 && kind.includes('absent'))) {
        throw new Error(`${kind}: ${path} was answered with ${status} ${body}`);
      }
      if (round < 0) continue;
      answers[kind] ??= { ms: [], cpuMs: 0, rows: 0 };
      answers[kind].cpuMs += cpuMs;
      answers[kind].ms.push(tookMs);
      answers[kind].rows += JSON.parse(body.toString()).traces?.length ?? 1;
    }
  }
  return answers;
}

/** How long it takes until a text that is nowhere has been looked for in the newest traces, and in how many answers. */
async function searchOn(url, traceCount) {
  const nth = JSON.parse((await call(`${url}/api/v1/traces?limit=500`)).body.toString());
  let floorUs = nth.traces.at(-1).startTimeUs;
  let cursor = nth.nextCursor;
  for (let seen = 500; seen < traceCount && cursor !== null; seen += 500) {
    const page = JSON.parse((await call(`${url}/api/v1/traces?limit=500&cursor=${cursor}`)).body.toString());
    floorUs = page.traces.at(-1).startTimeUs;
    cursor = page.nextCursor;
  }
  const begunMs = performance.now();
  let answers = 0;
  cursor = '';
  do {
    const parameters = new URLSearchParams({ text: ABSENT_WORD, ...(cursor === '' ? {} : { cursor }) });
    cursor = JSON.parse((await call(`${url}/api/v1/traces?${parameters}`)).body.toString()).nextCursor;
    answers += 1;
  } while (cursor !== null && Number(cursor.split('.')[0]) > floorUs);
  return { answers, ms: Math.round(performance.now() - begunMs) };
}

/** Spans as they come in now, at a steady rate, until told to stop. */
async function takeIn(url, ratePerSecond, signal) {
  const generator = storeSpans(7);
  const startedMs = performance.now();
  let sent = 0;
  let refused = 0;
  while (!signal.aborted) {
    const { body, spanCount } = generator.next(Date.now(), 1);
    const headers = { 'content-type': 'application/x-protobuf' };
    const { status } = await call(`${url}/v1/traces`, { method: 'POST', body, headers });
    if (status === 200) sent += spanCount;
    else refused += spanCount;
    const aheadMs = ((sent + refused) / ratePerSecond) * 1_000 - (performance.now() - startedMs);
    if (aheadMs > 1) await delay(aheadMs);
  }
  return { sent, refused, spansPerSecond: Math.round((sent / (performance.now() - startedMs)) * 1_000) };
}

function summarize(answers) {
  return Object.entries(answers).map(([kind, { ms, cpuMs, rows }]) => {
    const sorted = [...ms].sort((a, b) => a - b);
    const at = (share) => Math.round(sorted[Math.ceil((sorted.length - 1) * share)] * 10) / 10;
    const mean = (sum) => Math.round((sum / ms.length) * 10) / 10;
    return { kind, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1), cpuMs: mean(cpuMs), rows: mean(rows) };
  });
}

function tableOf(title, rows) {
  const lines = rows.map(
    ({ kind, p50Ms, p95Ms, maxMs, cpuMs, rows: found }) =>
      `| ${kind} | ${p50Ms.toFixed(0)} | ${p95Ms.toFixed(0)} | ${maxMs.toFixed(0)} | ${cpuMs.toFixed(0)} | ${found} |`,
  );
  const head = '| question | p50, ms | p95, ms | longest, ms | processor, ms | rows |\n|---|--:|--:|--:|--:|--:|';
  return `### ${title}\n\n${head}\n${lines.join('\n')}\n\n`;
}

async function main() {
  const dataDirectory = values['data-dir'] ?? mkdtempSync(join(tmpdir(), 'slipstream-store-'));
  const copies = Number(values.copies);
  const filling = { dataDirectory, spans: Number(values.spans), days: Number(values.days), copies, say };
  const samples = await (copies > 1 ? fillStoreByCopies(filling) : fillStore(filling));
  const collector = await startCollector(dataDirectory);
  say(`ready after ${Math.round(collector.readyMs)} ms`);
  try {
    await delay(SETTLE_MS);
    const report = await measure(samples, collector);
    if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(report, undefined, 2));
  } finally {
    await collector.end();
    close();
  }
  if (values['data-dir'] === undefined) rmSync(dataDirectory, { recursive: true, force: true });
}

async function measure(samples, collector) {
  const kinds = Object.entries(questions(samples, collector.url)).filter(([kind]) =>
    kind.startsWith(values.only ?? ''),
  );
  const ofEach = Object.fromEntries(kinds);
  const report = { spans: samples.spans, node: process.version, readyMs: Math.round(collector.readyMs) };
  report.atRest = summarize(await ask(collector, ofEach, Number(values.rounds)));
  process.stdout.write(tableOf(`${samples.spans} spans, at rest`, report.atRest));
  if (values.only === undefined) {
    report.searchOn = await searchOn(collector.url, 500_000 / 9.5);
    process.stdout.write(`absent text in the newest 500,000 spans: ${JSON.stringify(report.searchOn)}\n\n`);
  }
  if (Number(values.intake) > 0) {
    const stop = new AbortController();
    const intake = takeIn(collector.url, Number(values.intake), stop.signal);
    report.meanwhile = summarize(await ask(collector, ofEach, Number(values.rounds)));
    stop.abort();
    report.intake = await intake;
    process.stdout.write(tableOf(`while ${report.intake.spansPerSecond} spans a second come in`, report.meanwhile));
  }
  return { ...report, usage: collector.usage() };
}

await main();
