import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { LabReport } from './model.js';
import { renderMarkdown } from './report.js';

const published = (name: string): string => readFileSync(new URL(`../../results/${name}`, import.meta.url), 'utf8');

// To publish another run: scripts/docs/lab-numbers.mjs --publish FILE --as full.
test('the published tables say what their raw data say', () => {
  expect(published('report.md')).toBe(renderMarkdown(JSON.parse(published('full.json')) as LabReport));
});
