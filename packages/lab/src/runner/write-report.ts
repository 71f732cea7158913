import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { renderHtml } from '../report/html/page.js';
import type { LabReport } from '../report/model.js';
import { renderMarkdown } from '../report/report.js';

/** Where a report was written. */
export interface WrittenReport {
  readonly jsonPath: string;
  readonly markdownPath: string;
  readonly htmlPath: string;
}

/** Writes `lab-<date>.json`, `report.md` and `report.html`. */
export async function writeReport(report: LabReport, directory: string): Promise<WrittenReport> {
  await mkdir(directory, { recursive: true });
  // Windows allows no colon in a file name.
  const stamp = report.startedAt.replaceAll(':', '-').replace(/\.\d+Z$/, 'Z');
  const jsonPath = join(directory, `lab-${stamp}.json`);
  const markdownPath = join(directory, 'report.md');
  const htmlPath = join(directory, 'report.html');
  await writeFile(jsonPath, `${JSON.stringify(report, undefined, 1)}\n`);
  await writeFile(markdownPath, renderMarkdown(report));
  await writeFile(htmlPath, renderHtml(report, basename(jsonPath)));
  return { jsonPath, markdownPath, htmlPath };
}
