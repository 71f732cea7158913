/**
 * Spans as instrumentations emit them, and the observations that they become. `UPDATE_GOLDEN=1` writes what the mapping
 * gives into `expected`; the claims are written by hand, and no update changes them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Observation, readExportRequestJson, toObservation } from '../src/index.js';
import { observationToPlain, type PlainObservation } from './observation-json.js';

const FOLDER = new URL('golden/', import.meta.url);
const isUpdate = process.env.UPDATE_GOLDEN === '1';

interface GoldenCase {
  /** What emitted the spans, with its version. */
  readonly from: string;
  /** What the whole request adds up to, so that nothing in it counts twice. */
  readonly claims: { readonly totalTokens?: number; readonly totalCost?: number };
  readonly request: unknown;
  readonly expected: readonly PlainObservation[];
}

const caseNames = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.json'))
  .sort();

const readCase = (name: string): GoldenCase =>
  JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as unknown as GoldenCase;

function observe({ request }: GoldenCase): readonly Observation[] {
  const { request: read, rejections } = readExportRequestJson(JSON.stringify(request));
  expect(rejections).toEqual([]);
  return read.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => toObservation(span, resource, scope))),
  );
}

const sum = (
  observations: readonly Observation[],
  part: 'usageDetails' | 'costDetails',
  isKind: (kind: string) => boolean,
) =>
  observations.reduce((total, observation) => {
    for (const [kind, count] of observation[part]) if (isKind(kind)) total += count;
    return total;
  }, 0);

const isTotal = (kind: string) => kind === 'total';

describe.each(caseNames)('golden case %s', (name) => {
  const golden = readCase(name);
  const observations = observe(golden);

  test('maps to the expected observations', () => {
    const plain = observations.map(observationToPlain);
    if (isUpdate) writeFileSync(new URL(name, FOLDER), `${JSON.stringify({ ...golden, expected: plain }, null, 2)}\n`);
    else expect(plain, 'UPDATE_GOLDEN=1 rewrites what is expected').toEqual(golden.expected);
  });

  test('counts tokens and dollars once', () => {
    const { totalTokens, totalCost } = golden.claims;
    if (totalTokens !== undefined) expect(sum(observations, 'usageDetails', isTotal)).toBe(totalTokens);
    if (totalCost !== undefined) expect(sum(observations, 'costDetails', isTotal)).toBeCloseTo(totalCost, 9);
    for (const { usageDetails } of observations) {
      const parts = sum([{ usageDetails } as Observation], 'usageDetails', (kind) => /^(input|output)/.test(kind));
      expect(parts).toBe(usageDetails.get('total') ?? 0);
    }
  });

  test('keeps no content twice', () => {
    for (const { input, output, metadata } of observations) {
      for (const [key, text] of metadata) {
        if (text.length > 20) expect([input, output], `${key} repeats a side`).not.toContain(text);
      }
    }
  });
});
