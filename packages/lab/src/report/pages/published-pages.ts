import type { LabReport } from '../model.js';
import { pageBlock } from './blocks.js';
import type { Language } from './language.js';
import { type Rewritten, rewriteBlocks } from './rewrite.js';

/** A page with generated blocks. */
export interface PublishedPage {
  readonly path: string;
  readonly language: Language;
}

/** Every page that has figures of the lab in it. */
export const PUBLISHED_PAGES: readonly PublishedPage[] = [
  { path: 'README.md', language: 'en' },
  { path: 'README.vi.md', language: 'vi' },
  { path: 'docs/lab.md', language: 'en' },
  { path: 'docs/lab/answers.md', language: 'en' },
];

/** Where the run is that the pages are made from: the first of these that is there. */
export const RESULT_FILES: readonly string[] = ['packages/lab/results/full.json', 'packages/lab/results/quick.json'];

/** A page with the figures of a run in its blocks. */
export function fillPage(report: LabReport, text: string, language: Language): Rewritten {
  return rewriteBlocks(text, (name) => pageBlock(report, language, name));
}
