import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showDeadLetters } from '../src/commands/dead-letters.js';
import { showCollectorEnv, showLocalEnv } from '../src/commands/env.js';
import { exportRows } from '../src/commands/export.js';
import { importRows } from '../src/commands/import.js';
import { runQuery } from '../src/commands/query.js';
import { showStatus } from '../src/commands/status.js';
import { tailTraces } from '../src/commands/tail.js';
import { showTrace } from '../src/commands/trace.js';
import { showTraces } from '../src/commands/traces.js';
import type { Terminal } from '../src/terminal/terminal.js';
import { type FakeApi, startFakeApi } from './fake-api.js';
import { makeTerminal } from './memory-terminal.js';
import {
  HOSTILE,
  makeDestination,
  makeDetail,
  makeObservation,
  makeRow,
  makeTrace,
  poison,
  TRACE_ID,
} from './trace-fixture.js';

/** What the schemas do not leave open, and ids that are asked for. */
const FIXED = new Set([
  'type',
  'level',
  'kind',
  'dataType',
  'costSource',
  'source',
  'traceId',
  'spanId',
  'parentSpanId',
]);
const poisoned = <T>(value: T): T => poison(value, (key) => FIXED.has(key));

let api: FakeApi;

beforeEach(async () => {
  api = await startFakeApi({
    traces: [poisoned(makeTrace({ metadata: { [HOSTILE]: 'x' } }))],
    details: [poisoned(makeDetail({ trace: makeTrace({ metadata: { [HOSTILE]: 'x' } }) }))],
    observations: [poisoned(makeObservation({ metadata: { [HOSTILE]: 'x' } }))],
    settings: [poisoned({ name: 'A', value: 'b', source: 'default' as const, secret: false })],
    destinations: [
      poisoned(
        makeDestination({
          fault: 'x',
          deadLetters: { entries: 1, bytes: 1, oldestMs: 1, reasons: { [HOSTILE]: 1 } },
        }),
      ),
    ],
    rows: [makeRow({ input: HOSTILE, name: HOSTILE })],
    sql: () =>
      poisoned({
        columns: [{ name: 'a', type: 'b' }],
        rows: [['x'], [{ [HOSTILE]: 'y' }]],
        truncated: true,
        elapsedMs: 1,
      }),
  });
});

afterEach(() => api.close());

interface Io {
  readonly address: { readonly url: string; readonly token: undefined };
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly output: Writable;
}

type Run = (io: Io) => Promise<unknown>;

/** The machine may have other things to do. */
const eventually = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: 10_000 });

const COMMANDS: readonly (readonly [name: string, run: Run])[] = [
  ['traces', ({ address, json, terminal }) => showTraces(address, { json, limit: 1, all: false }, terminal)],
  ['trace', ({ address, json, terminal }) => showTrace(address, TRACE_ID, { json, full: true }, terminal)],
  [
    'trace --observation',
    ({ address, json, terminal }) =>
      showTrace(address, TRACE_ID, { json, full: true, observation: '1111111111111111' }, terminal),
  ],
  ['query', ({ address, json, terminal }) => query(address, { json, csv: false }, terminal)],
  ['query --csv', ({ address, terminal }) => query(address, { json: false, csv: true }, terminal)],
  ['export', ({ address, json, terminal, output }) => exportRows(address, undefined, { json }, { terminal, output })],
  [
    'import',
    ({ address, json, terminal }) =>
      importRows(address, '-', { json, forward: false }, { terminal, input: Readable.from([Buffer.from(HOSTILE)]) }),
  ],
  ['env', ({ address, json, terminal }) => showCollectorEnv(address, { json, local: false }, terminal)],
  [
    'env --local',
    async ({ json, terminal }) => {
      const settings = { environment: { OTEL_A: HOSTILE }, sources: { OTEL_A: HOSTILE } };
      showLocalEnv(settings, { json, local: true }, terminal);
    },
  ],
  ['deadletter', ({ address, json, terminal }) => showDeadLetters(address, { json }, terminal)],
  ['status', ({ address, json, terminal }) => showStatus({ address, json, waitMs: 0 }, terminal)],
  [
    'tail',
    async ({ address, json, terminal }) => {
      let printed = '';
      const data = (more: string): void => {
        printed = more;
        terminal.data(more);
      };
      const ended = tailTraces(address, { json }, { ...terminal, data });
      await eventually(() => expect(api.listeners()).toBe(1));
      api.tell('trace', poisoned(makeTrace()));
      await eventually(() => expect(printed).not.toBe(''));
      process.emit('SIGTERM', 'SIGTERM');
      await ended;
    },
  ],
];

function query(
  address: Io['address'],
  flags: { readonly json: boolean; readonly csv: boolean },
  terminal: Terminal,
): Promise<number> {
  return runQuery(
    address,
    'SELECT 1',
    { maxRows: 1, timeoutMs: 1000, ...flags },
    { terminal, input: Readable.from([]) },
  );
}

describe('what traces and servers say', () => {
  const cases = COMMANDS.flatMap(([name, run]) => [false, true].map((json) => [name, json, run] as const));

  it.each(cases)(
    'reaches the terminal of %s (JSON: %s) without a character that it would act on',
    async (name, json, run) => {
      const { terminal, text } = makeTerminal({ columns: 1000, isScreen: true });
      const output = new Writable({
        write(chunk, _encoding, done) {
          text.out += chunk;
          done();
        },
      });
      await run({ address: { url: api.url, token: undefined }, terminal, json, output });
      const all = text.out + text.err;
      if (name !== 'status') expect(all).toContain('[31mred');
      expect(all.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    },
  );

  it('includes messages of errors', () => {
    const { terminal, text } = makeTerminal();
    terminal.talk(`slipstream: The collector answers: ${HOSTILE}`);
    expect(text.err.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
