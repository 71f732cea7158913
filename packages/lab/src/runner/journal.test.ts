import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LabResumeError } from '../errors.js';
import type { SampleRecord } from '../report/sample-record.js';
import { beginJournal, continueJournal, readRun } from './journal.js';
import type { RunPlan } from './plan.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lab-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const PLAN = { format: 'slipstream-lab-run/1', startedAt: '2026-01-02T03:04:05.678Z', scenarios: [] } as const;
const plan = (change: Partial<RunPlan> = {}) => ({ ...PLAN, ...change }) as unknown as RunPlan;

function sample(round: number): SampleRecord {
  const counts = { spansSent: 7, spansDelivered: 7, spansReceived: 7, requests: 1, wireBytes: 1, bodyBytes: 1 };
  const when = { startedAt: '', durationMs: 1 };
  return { scenario: 'á', arm: 'untraced', round, status: 'ok', ...counts, ...when, metrics: { p50Ms: round } };
}

async function write(rounds: readonly number[]): Promise<void> {
  const journal = await beginJournal(directory, plan());
  for (const round of rounds) await journal.append(sample(round));
  await journal.close();
}

test('what was appended is read back with its plan', async () => {
  await write([0, 1]);
  await expect(readRun(directory)).resolves.toMatchObject({ plan: plan(), samples: [sample(0), sample(1)] });
});

test('the torn last line of a run that was killed is dropped, and the next sample follows whole', async () => {
  await write([0, 1]);
  const path = join(directory, 'samples.jsonl');
  const whole = readFileSync(path);
  appendFileSync(path, Buffer.from(JSON.stringify(sample(2))).subarray(0, 14));
  const read = await readRun(directory);
  expect(read).toMatchObject({ samples: [sample(0), sample(1)], wholeBytes: whole.length });
  const journal = await continueJournal(directory, read);
  await journal.append(sample(3));
  await journal.close();
  expect((await readRun(directory)).samples).toEqual([sample(0), sample(1), sample(3)]);
});

test('a folder without a run, a plan that is none and a damaged line in the middle are refused', async () => {
  await expect(readRun(directory)).rejects.toThrow('without --resume');
  await write([0]);
  writeFileSync(join(directory, 'samples.jsonl'), '{"scenario":"x"}\n{}\n');
  await expect(readRun(directory)).rejects.toThrow('Line 1');
  writeFileSync(join(directory, 'run.json'), '{"format":"something else"}');
  await expect(readRun(directory)).rejects.toBeInstanceOf(LabResumeError);
});

test('a new run in the same folder keeps what the one before had', async () => {
  await write([0, 1]);
  const journal = await beginJournal(directory, plan({ startedAt: '2026-02-02T00:00:00.000Z' }));
  await journal.close();
  expect((await readRun(directory)).samples).toEqual([]);
  const kept = readdirSync(directory).find((name) => name.startsWith('samples-2026-01-02T03-04-05'));
  expect(
    readFileSync(join(directory, kept ?? ''), 'utf8')
      .trim()
      .split('\n'),
  ).toHaveLength(2);
});
