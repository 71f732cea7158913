import { existsSync, mkdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { COMPAT } from '../../setup/apart.mjs';

/** The packages that a text imports, without their subpaths and without Node's own. */
export function importedPackages(text) {
  const { module, program } = parseSync('snippet.ts', text);
  const specifiers = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  new Visitor({
    ImportExpression({ source }) {
      if (typeof source.value === 'string') specifiers.push(source.value);
    },
  }).visit(program);
  return specifiers.filter((name) => !/^(\.|#|node:)/.test(name)).map(packageName);
}

export function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Makes packages importable from a folder outside of the tree, by links to where they are installed.
 *
 * @param {string} root
 * @param {string} folder
 * @param {Iterable<string>} names
 * @returns {{ missing: string[], unlink(): void }} `missing` are not installed; `unlink` before the folder is removed,
 *   so that nothing can remove what a link points to
 */
export function linkPackages(root, folder, names) {
  const aliases = readAliases(root);
  const missing = [];
  const links = [];
  for (const name of names) {
    const target = [path.join(COMPAT, 'node_modules', name), path.join('node_modules', name), aliases.get(name)]
      .filter((candidate) => candidate !== undefined)
      .map((candidate) => path.join(root, candidate))
      .find((candidate) => existsSync(candidate));
    if (target === undefined) {
      missing.push(name);
      continue;
    }
    const link = path.join(folder, 'node_modules', ...name.split('/'));
    mkdirSync(path.dirname(link), { recursive: true });
    // A junction, because other links to folders need a permission on Windows.
    symlinkSync(target, link, 'junction');
    links.push(link);
  }
  return {
    missing,
    unlink() {
      for (const link of links) unlinkSync(link);
    },
  };
}

/** Where a package stands that is installed under another name; of several versions the last. */
function readAliases(root) {
  const manifest = path.join(root, COMPAT, 'package.json');
  if (!existsSync(manifest)) return new Map();
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
  const aliases = Object.entries(dependencies).filter(([, version]) => version.startsWith('npm:'));
  return new Map(
    aliases.map(([alias, version]) => [
      version.slice('npm:'.length).replace(/(.)@.*$/, '$1'),
      path.join(COMPAT, 'node_modules', alias),
    ]),
  );
}
