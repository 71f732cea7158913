import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { LabReport } from './model.js';
import { renderMarkdown } from './report.js';

const published = (name: string): string =>
  readFileSync(new URL(`../../../../docs/lab/${name}`, import.meta.url), 'utf8');

// To publish another run, copy its two files from lab-report/ to docs/lab/ as report.json and report.md, or baseline.
test.each(['report', 'baseline'])('the published %s says what its raw data say', (name) => {
  expect(published(`${name}.md`)).toBe(renderMarkdown(JSON.parse(published(`${name}.json`)) as LabReport));
});
