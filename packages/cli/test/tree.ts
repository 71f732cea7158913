import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A folder of files for one test. */
export interface Tree {
  readonly root: string;
  remove(): void;
}

/** @param files contents by path; what is not text is written as JSON */
export function makeTree(files: Readonly<Record<string, unknown>>): Tree {
  const root = mkdtempSync(path.join(os.tmpdir(), 'slipstream-cli-'));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, ...name.split('/'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
