import { expect, test } from 'vitest';
import type { SampleRecord } from '../report/sample-record.js';
import { createProgress, type ProgressState } from './progress.js';
import { timeText } from './time-text.js';

const STATE: ProgressState = { round: 2, rounds: 5, done: 30, all: 120, leftMs: 340_000 };

function sample(change: Partial<SampleRecord> = {}): SampleRecord {
  const counts = { spansSent: 70, spansDelivered: 70, spansReceived: 70, requests: 1, wireBytes: 1, bodyBytes: 1 };
  const when = { startedAt: '', durationMs: 1_234 };
  return { scenario: 'loop', arm: 'langfuse', round: 1, status: 'ok', ...counts, ...when, metrics: {}, ...change };
}

function record(isTerminal: boolean) {
  const lines: string[] = [];
  const drawn: string[] = [];
  const draw = isTerminal ? (line: string) => void drawn.push(line) : undefined;
  return { progress: createProgress({ say: (line) => lines.push(line), draw }), lines, drawn };
}

test('where there is no terminal each sample is a line with the time left', () => {
  const { progress, lines } = record(false);
  progress.begin('loop langfuse', STATE);
  progress.end(sample(), STATE);
  expect(lines).toEqual(['round 2/5, 30/120: loop langfuse (1.2 s) ok; about 6 min left']);
});

test('at a terminal one line is redrawn, and only what went wrong stays', () => {
  const { progress, lines, drawn } = record(true);
  progress.begin('loop langfuse', STATE);
  progress.end(sample(), STATE);
  progress.end(sample({ status: 'lost', spansDelivered: 35 }), STATE);
  progress.end(sample({ status: 'failed', note: 'it broke' }), STATE);
  progress.clear();
  expect(drawn[0]).toBe('[######..................] round 2/5, 30/120, about 6 min left: loop langfuse');
  expect(drawn.at(-1)).toBe('');
  expect(lines).toEqual([
    'round 2/5, 30/120: loop langfuse (1.2 s) lost 35 of 70 spans',
    'round 2/5, 30/120: loop langfuse (1.2 s) FAILED: it broke',
  ]);
});

test.each([
  [400, '0 s'],
  [40_400, '40 s'],
  [89_000, '89 s'],
  [91_000, '2 min'],
  [59.4 * 60_000, '59 min'],
  [125 * 60_000, '2 h 05 min'],
])('%i ms are said as %s', (ms, text) => {
  expect(timeText(ms)).toBe(text);
});
