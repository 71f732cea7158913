import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LabOptions } from '../src/arguments.js';
import type { ArmName } from '../src/arms/registry.js';
import type { LabReport } from '../src/report/model.js';
import type { SampleRecord } from '../src/report/sample-record.js';
import { type LabOutcome, runLab } from '../src/runner/run.js';
import type { BackendKind, Scenario } from '../src/runner/scenarios.js';
import { bundleProcesses } from './support/bundle.js';

/** Stands in for a peer: posts OTLP JSON when it is flushed. `keep` says which spans it does not lose. */
const exporter = (keep: string): string => `
  let url = '';
  const spans = [];
  const setUrl = (value) => { url = value; };
  const endSpan = (attributes) => {
    const index = spans.length;
    spans.push({ spanId: process.pid + '-' + index, attributes, kept: ${keep} });
  };
  const send = async () => {
    const kept = spans.splice(0).filter((span) => span.kept);
    if (kept.length === 0) return;
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: kept }] }] });
    await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  };
`;

const FAITHFUL_PEER = `${exporter('true')}
  export const trace = {
    getTracer: () => ({
      startActiveSpan(name, work) {
        const attributes = {};
        return work({
          setAttribute(key, value) { attributes[key] = value; },
          recordException() {},
          end() { endSpan(attributes); },
        });
      },
    }),
  };
  export class OTLPTraceExporter { constructor(options) { setUrl(options.url); } }
  export class BatchSpanProcessor {}
  export class NodeTracerProvider {
    register() {}
    forceFlush() { return send(); }
    async shutdown() {}
  }
  export const resourceFromAttributes = (attributes) => attributes;
`;

const FORGETFUL_PEER = `${exporter('index % 2 === 0')}
  export class LangfuseSpanProcessor {
    constructor(options) { setUrl(options.baseUrl + '/api/public/otel/v1/traces'); }
    forceFlush() { return send(); }
  }
  export class NodeSDK { start() {} async shutdown() {} }
  export const observe = (work) => (input) => {
    const output = work(input);
    const end = (value) => { endSpan({ input, value }); return value; };
    return output instanceof Promise ? output.then(end) : end(output);
  };
`;

/** Stands in for the SDK: keeps books, sends when it is flushed, and keeps what was not acknowledged. */
const OWN_LIBRARY = `
  let url = '';
  let waiting = [];
  let started = 0;
  let delivered = 0;
  export const configure = (options) => { url = options.url + '/v1/traces'; };
  export const observe = (work) => async (input) => {
    const spanId = process.pid + '-' + started++;
    const output = await work(input);
    waiting.push({ spanId });
    return output;
  };
  const flush = async () => {
    const spans = waiting;
    waiting = [];
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const ok = await fetch(url, init).then((response) => response.ok, () => false);
    if (ok) delivered += spans.length;
    else waiting = [...spans, ...waiting];
  };
  const stats = () => ({
    started, open: 0, sampledOut: 0, pending: waiting.length, delivered, dropped: { ring_full: 0 },
  });
  export const getClient = () => ({ flush, stats, shutdown: async () => {} });
`;

const ARMS: ArmName[] = ['untraced', 'untraced-again', 'slipstream', 'opentelemetry', 'langfuse', 'dd-trace'];
const PEERS_ONLY: ArmName[] = ARMS.filter((arm) => arm !== 'slipstream');
function faultScenario(backend: BackendKind): Scenario {
  return {
    name: backend,
    title: backend,
    kind: 'server',
    arms: ['untraced', 'slipstream'],
    payload: 'tiny',
    leafWaitMs: 0,
    requestsPerSecond: 100,
    connections: 5,
    warmupMs: 50,
    durationMs: 100,
    backend,
  };
}

const SCENARIOS: Scenario[] = [
  {
    name: 'loop',
    title: 'Loop',
    kind: 'loop',
    arms: PEERS_ONLY,
    payload: 'tiny',
    tracesPerCycle: 2,
    restMs: 1,
    warmupCycles: 2,
    cycles: 5,
  },
  {
    name: 'server',
    title: 'Server',
    kind: 'server',
    arms: ['untraced', 'opentelemetry'],
    payload: '4kb',
    leafWaitMs: 1,
    requestsPerSecond: 50,
    connections: 5,
    warmupMs: 100,
    durationMs: 400,
  },
  faultScenario('refusing'),
  faultScenario('answering-503'),
  faultScenario('slow'),
  { name: 'startup', title: 'Start', kind: 'startup', arms: ['opentelemetry'] },
  { name: 'burst', title: 'Burst', kind: 'burst', arms: ['opentelemetry'], spans: 50 },
  { name: 'exit', title: 'Exit', kind: 'exit', arms: ['opentelemetry'], traces: 2, how: 'return' },
];

let directory = '';
let outcome: LabOutcome;
let said: string[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lab-run-'));
  const peersDirectory = join(directory, 'peers');
  mkdirSync(peersDirectory);
  writeFileSync(join(peersDirectory, 'package.json'), JSON.stringify({ dependencies: {} }));
  writeFileSync(join(peersDirectory, 'opentelemetry.mjs'), FAITHFUL_PEER);
  writeFileSync(join(peersDirectory, 'langfuse.mjs'), FORGETFUL_PEER);
  const ownDirectory = join(directory, 'node_modules', '@slipstream', 'sdk');
  mkdirSync(ownDirectory, { recursive: true });
  writeFileSync(join(ownDirectory, 'package.json'), JSON.stringify({ type: 'module', exports: './index.js' }));
  writeFileSync(join(ownDirectory, 'index.js'), OWN_LIBRARY);
  await bundleProcesses(['sample', 'load', 'sink'], join(directory, 'dist'));
  const options: LabOptions = {
    mode: 'quick',
    suites: ['matrix', 'faults'],
    outDirectory: join(directory, 'out'),
    arms: ARMS,
    scenarios: [],
    rounds: 1,
    budgetMinutes: 5,
    seed: 1,
    json: false,
  };
  said = [];
  outcome = await runLab(options, {
    places: {
      sampleModule: join(directory, 'dist', 'sample', 'main.mjs'),
      loadModule: join(directory, 'dist', 'load', 'main.mjs'),
      sinkModule: join(directory, 'dist', 'sink', 'main.mjs'),
      collectorModule: '',
      peersDirectory,
      peersUrl: `${pathToFileURL(peersDirectory).href}/`,
    },
    scenarios: SCENARIOS,
    command: 'test',
    say: (line) => said.push(line),
  });
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function samplesOf(scenario: string, arm: ArmName): SampleRecord[] {
  return outcome.report.samples.filter((sample) => sample.scenario === scenario && sample.arm === arm);
}

test('each arm of each scenario is sampled once a round', () => {
  for (const scenario of SCENARIOS) {
    for (const arm of scenario.arms) expect(samplesOf(scenario.name, arm), `${scenario.name} ${arm}`).toHaveLength(1);
  }
});

test('an untraced arm sends nothing and gives its CPU time', () => {
  for (const sample of samplesOf('loop', 'untraced')) {
    expect(sample).toMatchObject({ status: 'ok', spansSent: 0, spansDelivered: 0 });
    expect(sample.metrics.mainCpuUsPerSpan).toBeGreaterThan(0);
  }
});

test('the spans of a faithful arm are all found at the sink, those of the warm-up left out', () => {
  for (const sample of samplesOf('loop', 'opentelemetry')) {
    expect(sample).toMatchObject({ status: 'ok', spansSent: 70, spansDelivered: 70 });
  }
});

test('an arm that loses spans is marked', () => {
  for (const sample of samplesOf('loop', 'langfuse')) {
    expect(sample).toMatchObject({ status: 'lost', spansSent: 70, spansDelivered: 35 });
  }
});

test('an arm that cannot be loaded fails alone and says why', () => {
  for (const sample of samplesOf('loop', 'dd-trace')) {
    expect(sample.status).toBe('failed');
    expect(sample.note).toContain('dd-trace.mjs');
  }
});

test('the server is measured from outside and its spans match its answers', () => {
  for (const sample of samplesOf('server', 'opentelemetry')) {
    expect(sample).toMatchObject({ status: 'ok', spansSent: 20 * 7, spansDelivered: 20 * 7 });
    expect(sample.metrics.p99Ms).toBeGreaterThanOrEqual(sample.metrics.p50Ms!);
    expect(sample.metrics.answeredPerSecond).toBeGreaterThan(0);
    // Each span carries 4 KB, so capture did happen.
    expect(sample.metrics.bodyBytesPerSpan).toBeGreaterThan(4_096);
  }
});

test('with a backend that fails the books are read and have to balance', () => {
  for (const backend of ['refusing', 'answering-503'] as const) {
    const [own] = samplesOf(backend, 'slipstream');
    expect(own, backend).toMatchObject({ status: 'ok', spansDelivered: 0 });
    expect(own?.books).toMatchObject({ offered: 15 * 7, started: 15 * 7, delivered: 0, pending: 15 * 7 });
    expect(own?.metrics.rssMaxMb).toBeGreaterThan(0);
    expect(samplesOf(backend, 'untraced')[0]?.metrics.rssMaxMb).toBeGreaterThan(0);
  }
});

test('a slow backend acknowledges late, and what it has is what the books call delivered', () => {
  const [own] = samplesOf('slow', 'slipstream');
  expect(own?.books?.delivered).toBeGreaterThan(0);
  expect(own).toMatchObject({ status: 'ok', spansDelivered: own?.books?.delivered });
  expect(own?.metrics.flushWallMs).toBeGreaterThan(
    samplesOf('answering-503', 'slipstream')[0]?.metrics.flushWallMs ?? 0,
  );
});

test('start, burst and exit give their figures, and spans that were never flushed are missing', () => {
  expect(samplesOf('startup', 'opentelemetry')[0]?.metrics.importMs).toBeGreaterThan(0);
  expect(samplesOf('burst', 'opentelemetry')[0]).toMatchObject({ status: 'ok', spansSent: 50, spansDelivered: 50 });
  expect(samplesOf('exit', 'opentelemetry')[0]).toMatchObject({ status: 'lost', spansSent: 14, spansDelivered: 0 });
});

test('the JSON file and the page are written, and each sample was announced', () => {
  const files = readdirSync(join(directory, 'out'));
  expect(files.filter((name) => /^lab-[\dTZ-]+\.json$/.test(name))).toHaveLength(1);
  const written = JSON.parse(readFileSync(outcome.jsonPath, 'utf8')) as LabReport;
  expect(written.samples).toEqual(outcome.report.samples);
  const page = readFileSync(outcome.markdownPath, 'utf8');
  expect(page).toContain('LOST 50 %');
  expect(page).toMatch(/\| answers 503 \|.*\| balance \|/);
  expect(said.length).toBeGreaterThanOrEqual(outcome.report.samples.length);
});
