import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTool } from '../../process/run.mjs';
import { createModules } from '../api/modules.mjs';
import { findSnippets } from './extract.mjs';
import { importedPackages, linkPackages, packageName } from './packages.mjs';

const SDK = 'packages/sdk';
const SOURCE_CONDITION = 'slipstream-source';

const SETTINGS = {
  target: 'ES2023',
  lib: ['ES2023'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  // What an example leaves to its reader has no type here.
  noImplicitAny: false,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  customConditions: [SOURCE_CONDITION],
};

/** `Cannot find name 'x'`, and `No value exists in scope for the shorthand property 'x'`. */
const UNKNOWN_NAMES = new Set(['2304', '18004']);
/** The same with a suggestion. */
const MISSPELT_NAME = '2552';
const UNKNOWN_MODULE = '2307';
const DIAGNOSTIC = /^(.+?)\((\d+),\d+\): error TS(\d+): (.*)$/;

/**
 * Type-checks the examples of pages, all in one run of the compiler. A name that an example does not declare is its
 * reader's own, unless the SDK exports it: then an import is missing.
 *
 * @param {string} root
 * @param {string[]} files pages, relative to the root
 * @returns {Promise<{ problems: import('./extract.mjs').Problem[], checked: number, ignored: number, missing: string[] }>}
 *   `missing` are packages that are not installed, whose values have no type then
 */
export async function checkSnippets(root, files) {
  const { snippets, ignored, problems } = findSnippets(root, files);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-snippets-'));
  const names = new Set(['@types/node', ...snippets.flatMap(({ code }) => importedPackages(code))]);
  const { missing, unlink } = linkPackages(root, folder, names);
  try {
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: SETTINGS, include: ['*.ts'] }));
    snippets.forEach(({ code }, index) => {
      writeFileSync(path.join(folder, nameOf(index)), `${code}\n`);
    });
    const errors = snippets.length === 0 ? [] : await compile(root, folder);
    const isFault = faultFinder(ownNames(root), missing);
    for (const [index, { file, line, code: example }] of snippets.entries()) {
      const own = errors.filter((error) => error.name === nameOf(index) && isFault(error, example));
      for (const { row, code, text } of own) {
        problems.push({ file, line: line + row - 1, message: `TS${code} ${text}` });
      }
    }
    return { problems, checked: snippets.length, ignored: ignored.length, missing };
  } finally {
    unlink();
    rmSync(folder, { recursive: true, force: true });
  }
}

function nameOf(index) {
  return `snippet-${index}.ts`;
}

async function compile(root, folder) {
  const { code, output } = await runTool(root, ['typescript', 'tsc'], ['-p', folder, '--pretty', 'false'], {
    cwd: folder,
    capture: true,
  });
  const found = output.split(/\r?\n/).map((line) => DIAGNOSTIC.exec(line));
  const errors = found
    .filter((match) => match !== null)
    .map(([, file, row, number, text]) => ({ name: path.basename(file), row: Number(row), code: number, text }));
  // Errors elsewhere (in the SDK's own sources) are for other checks; none at all means that it did not run.
  if (code !== 0 && errors.length === 0) throw new Error(`the compiler failed:\n${output}`);
  return errors;
}

/** Every name that an entry point of the SDK exports. */
function ownNames(root) {
  const { exports } = JSON.parse(readFileSync(path.join(root, SDK, 'package.json'), 'utf8'));
  const modules = createModules(root);
  const files = Object.values(exports).map((conditions) => path.posix.join(SDK, conditions[SOURCE_CONDITION]));
  return new Set(files.flatMap((file) => modules.exportsOf(file)));
}

function faultFinder(exported, missing) {
  return ({ code, text }, example) => {
    const [quoted, suggested] = [...text.matchAll(/'([^']+)'/g)].map(([, name]) => name);
    if (UNKNOWN_NAMES.has(code)) return exported.has(quoted);
    // Of the names in reach only those of the example itself; others are globals that happen to be spelt like it.
    if (code === MISSPELT_NAME) return exported.has(quoted) || example.split(/[^\w$]+/).includes(suggested);
    if (code !== UNKNOWN_MODULE) return true;
    return !quoted.startsWith('.') && !missing.includes(packageName(quoted));
  };
}
