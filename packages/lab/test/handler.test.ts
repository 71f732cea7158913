import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabArgumentError, LabProcessError } from '../src/errors.js';
import type { HandlerOptions } from '../src/handler/arguments.js';
import { renderHandlerText } from '../src/handler/report.js';
import { runHandler } from '../src/handler/run.js';
import { bundleProcesses } from './support/bundle.js';

/** Stands in for the SDK: one span a call, sent when it is flushed, and nothing where it is switched off. */
const OWN_LIBRARY = `
  const url = process.env.SLIPSTREAM_URL + '/v1/traces';
  const isOn = process.env.SLIPSTREAM_ENABLED !== 'false';
  let waiting = [];
  let started = 0;
  export const configure = () => {};
  export const observe = (work) => async (...args) => {
    const output = await work(...args);
    if (isOn) waiting.push({ spanId: process.pid + '-' + started++ });
    return output;
  };
  const flush = async () => {
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: waiting.splice(0) }] }] });
    await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  };
  export const getClient = () => ({ flush, stats: () => ({ started, sampledOut: 0 }), shutdown: async () => {} });
`;

/** Traces by other means: its own export, as `--with` takes it. */
const OTHER_TRACER = `
  let spans = [];
  let made = 0;
  export const wrap = (handler) => async (input) => {
    const output = await handler(input);
    spans.push({ spanId: process.pid + '-' + made++ }, { spanId: process.pid + '-' + made++ });
    return output;
  };
  export const flush = async () => {
    if (spans.length === 0) return;
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: spans.splice(0) }] }] });
    const url = process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces';
    await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  };
`;

let directory = '';
let handlers = '';
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lab-handler-'));
  const own = join(directory, 'node_modules', '@slipstream', 'sdk');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'package.json'), JSON.stringify({ type: 'module', exports: './index.js' }));
  writeFileSync(join(own, 'index.js'), OWN_LIBRARY);
  handlers = join(directory, 'handlers');
  cpSync(fileURLToPath(new URL('./fixtures/', import.meta.url)), handlers, { recursive: true });
  await bundleProcesses(['handler', 'sink'], join(directory, 'dist'));
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, source: string): string {
  writeFileSync(join(handlers, name), source);
  return join(handlers, name);
}

function run(file: string, change: Partial<HandlerOptions> = {}) {
  const module = (name: string): string => join(directory, 'dist', name, 'main.mjs');
  return runHandler(
    { file, ownTracing: false, rounds: 2, calls: 40, seed: 1, json: false, ...change },
    { places: { handlerModule: module('handler'), sinkModule: module('sink') } },
  );
}

test("a handler in TypeScript is measured untraced, untraced again and traced, and each call's span arrives", async () => {
  const report = await run(join(handlers, 'handler.ts'));
  expect(report.samples.map(({ round, arm }) => `${round} ${arm}`).sort()).toEqual([
    '0 traced',
    '0 untraced',
    '0 untraced-again',
    '1 traced',
    '1 untraced',
    '1 untraced-again',
  ]);
  for (const { arm, calls, spansSent, spansDelivered, metrics } of report.samples) {
    const spans = arm === 'traced' ? 40 : 0;
    expect({ calls, spansSent, spansDelivered }).toEqual({ calls: 40, spansSent: spans, spansDelivered: spans });
    expect(metrics.mainCpuUsPerCall).toBeGreaterThan(0);
    expect(metrics.p99Ms).toBeGreaterThanOrEqual(metrics.p50Ms ?? Number.POSITIVE_INFINITY);
  }
  expect(report.added.map(({ what }) => what)).toEqual(['cpu', 'p50', 'p99']);
  expect(report).toMatchObject({ lossy: 0, spansPerCall: 1, tracedBy: 'slipstream' });
  expect(renderHandlerText(report)).toContain(report.verdict);
  // What was made of the TypeScript is gone.
  expect(readdirSync(handlers).sort()).toEqual(['handler-answer.ts', 'handler.ts']);
});

test('another way to trace is a module that wraps, and what arrives of it is counted', async () => {
  const file = write('plain.mjs', 'export default async (input) => input;');
  const report = await run(file, { withFile: write('other.mjs', OTHER_TRACER), rounds: 1 });
  const [traced] = report.samples.filter(({ arm }) => arm === 'traced');
  expect(traced).toMatchObject({ spansDelivered: 80 });
  expect(report).toMatchObject({ tracedBy: 'another module', spansPerCall: 2 });
});

test('a file that traces itself is left as it is, and one that does not is found out', async () => {
  const tracing = `
    import { observe } from '@slipstream/sdk';
    export const handler = observe(async (input) => input, {});
  `;
  const report = await run(write('tracing.mjs', tracing), { ownTracing: true, rounds: 1 });
  expect(report).toMatchObject({ tracedBy: 'the file itself', spansPerCall: 1 });
  await expect(run(write('quiet.mjs', 'export const handler = () => 1;'), { ownTracing: true })).rejects.toThrow(
    'Nothing that was traced arrived',
  );
});

test('a file that is not there, exports no handler, cannot be read or throws is said', async () => {
  await expect(run(join(handlers, 'missing.ts'))).rejects.toBeInstanceOf(LabArgumentError);
  await expect(run(write('empty.mjs', 'export const other = 1;'))).rejects.toThrow(/must export a function/);
  await expect(run(write('broken.ts', 'export const handler = (: string) => 1;'))).rejects.toThrow(/cannot be read/);
  const failing = run(
    write('failing.mjs', 'export const handler = () => { throw new RangeError("no such lesson"); };'),
  );
  await expect(failing).rejects.toThrow(/RangeError: no such lesson/);
  await expect(failing).rejects.toBeInstanceOf(LabProcessError);
});
