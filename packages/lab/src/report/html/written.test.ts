import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { around, makeReport } from '../../../test/support/report.js';
import { writeReport } from '../../runner/write-report.js';

it('a run leaves its page beside its raw data, and the page names them', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lab-page-'));
  try {
    const report = makeReport([
      {
        name: '4kb-paced',
        arms: [
          { arm: 'untraced', rounds: around(5) },
          { arm: 'slipstream', rounds: around(8) },
        ],
      },
    ]);
    const { htmlPath, jsonPath } = await writeReport(report, folder);
    const page = readFileSync(htmlPath, 'utf8');
    expect(path.dirname(htmlPath)).toBe(path.dirname(jsonPath));
    expect(page.startsWith('<!doctype html>')).toBe(true);
    expect(page).toContain(`<code>${path.basename(jsonPath)}</code>`);
    expect(page).toContain('adds 3.00 µs');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
