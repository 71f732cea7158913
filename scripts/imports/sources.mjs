import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const IGNORED_FOLDERS = new Set(['node_modules', 'dist', 'dist-types', 'coverage', 'golden', 'lab-report']);
const SOURCE = /\.(ts|tsx|mts|cts|mjs|cjs|js|jsx)$/;
const TEST = /(\.test\.[a-z]+$)|((^|\/)(test|suite)\/)|((^|\/|\.)(suite|testing)\.ts$)/;

/**
 * @typedef {object} Unit What has a package.json: a package, an example, or the root with its scripts.
 * @property {string} folder relative to the root, `''` for the root itself
 * @property {any} manifest its package.json
 *
 * @typedef {object} Source
 * @property {string} file relative to the root, with `/` on every platform
 * @property {Unit} unit
 * @property {'shipped' | 'test' | 'tool'} role `tool`: configuration and build scripts beside `src`
 */

/**
 * Every source file of a tree, with the package that it belongs to (the nearest package.json above it).
 *
 * @param {string} root
 * @returns {Source[]}
 */
export function findSources(root) {
  const sources = [];
  const visit = (folder, unitAbove) => {
    const manifestFile = path.join(root, folder, 'package.json');
    const unit = existsSync(manifestFile)
      ? { folder, manifest: JSON.parse(readFileSync(manifestFile, 'utf8')) }
      : unitAbove;
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!IGNORED_FOLDERS.has(entry.name) && !entry.name.startsWith('.')) visit(name, unit);
      } else if (SOURCE.test(entry.name) && !entry.name.endsWith('.gen.ts')) {
        sources.push({ file: name, unit, role: roleOf(name, unit) });
      }
    }
  };
  visit('', undefined);
  return sources;
}

function roleOf(file, unit) {
  const inside = unit.folder === '' ? file : file.slice(unit.folder.length + 1);
  if (TEST.test(inside)) return 'test';
  return /^(src|bin)\//.test(inside) ? 'shipped' : 'tool';
}

/** Files that an import of `./name.js` can mean: TypeScript says the name of what it will emit. */
const STAND_INS = { '.js': ['.ts', '.tsx', '.js'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs'] };

/**
 * The file that a relative import names, relative to the root; `undefined` where there is none (a generated file).
 *
 * @param {string} root
 * @param {string} importer relative to the root
 * @param {string} specifier
 */
export function resolveRelative(root, importer, specifier) {
  const target = path.posix.join(path.posix.dirname(importer), specifier.replace(/[?#].*$/, ''));
  const extension = path.posix.extname(target);
  const stem = target.slice(0, target.length - extension.length);
  const candidates = [
    ...(STAND_INS[extension] ?? []).map((standIn) => stem + standIn),
    target,
    ...['.ts', '.tsx', '/index.ts', '/index.tsx'].map((ending) => target + ending),
  ];
  return candidates.find((candidate) => SOURCE.test(candidate) && existsSync(path.join(root, candidate)));
}

/** Where a relative import points, whether or not a file is there. */
export function relativeTarget(importer, specifier) {
  return path.posix.join(path.posix.dirname(importer), specifier);
}
