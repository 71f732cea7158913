import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { LabReport } from '../report/model.js';
import { everyLeaf } from './axes.js';
import { renderMatrix } from './matrix-page.js';

const PAGE = new URL('../../../../docs/lab/matrix.md', import.meta.url);

const RESULTS = new URL('../../results/full.json', import.meta.url);

// `npm run lab:matrix` writes it anew.
test('the published matrix says what its sources say', async () => {
  const published = JSON.parse(readFileSync(RESULTS, 'utf8')) as LabReport;
  await expect(renderMatrix(published)).toMatchFileSnapshot(fileURLToPath(PAGE));
});

test('without a report the page has every leaf and no figure', () => {
  const page = renderMatrix();
  for (const { title, explanation } of everyLeaf()) {
    expect(page).toContain(`### ${title}`);
    expect(page).toContain(explanation);
  }
  expect(page).not.toContain('report.html');
});
