import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import { resolveRelative } from '../../imports/sources.mjs';

/**
 * @typedef {object} Declaration What a name stands for.
 * @property {string} name its name where it is declared
 * @property {string} file relative to the root, with `/` on every platform
 * @property {Module} module
 * @property {{ start: number, node: any }[]} parts one, or the overloads of a function; `start` is before `export`
 *
 * @typedef {object} Foreign A name of another package.
 * @property {string} name
 * @property {string} specifier
 *
 * @typedef {object} Module
 * @property {string} text
 * @property {any[]} comments
 * @property {Map<string, { start: number, node: any }[]>} declarations
 * @property {Map<string, { specifier: string | undefined, name: string }>} exports
 * @property {Map<string, { specifier: string, name: string }>} imports
 */

/**
 * The modules of a tree, parsed when they are asked for, and where their names are declared.
 *
 * @param {string} root
 */
export function createModules(root) {
  const loaded = new Map();

  /** @returns {Module} */
  const load = (file) => {
    const module =
      loaded.get(file) ?? parse(file, readFileSync(path.join(root, file), 'utf8').replaceAll('\r\n', '\n'));
    loaded.set(file, module);
    return module;
  };

  const follow = (importer, specifier, name) => {
    if (!specifier.startsWith('.')) return { name, specifier };
    const file = resolveRelative(root, importer, specifier);
    if (file === undefined) throw new Error(`${importer}: '${specifier}' names no file`);
    return findExport(file, name);
  };

  /** @returns {Declaration | Foreign} what a module exports under a name */
  const findExport = (file, name) => {
    const entry = load(file).exports.get(name);
    if (entry === undefined) throw new Error(`${file} does not export ${name}`);
    const { specifier } = entry;
    const found = specifier === undefined ? findLocal(file, entry.name) : follow(file, specifier, entry.name);
    if (found === undefined) throw new Error(`${file}: cannot find where ${name} is declared`);
    return found;
  };

  /** @returns {Declaration | Foreign | undefined} what a name means inside a module; nothing for globals and parameters */
  const findLocal = (file, name) => {
    const module = load(file);
    const parts = module.declarations.get(name);
    if (parts !== undefined) return { name, file, module, parts };
    const imported = module.imports.get(name);
    return imported === undefined ? undefined : follow(file, imported.specifier, imported.name);
  };

  return { exportsOf: (file) => [...load(file).exports.keys()], findExport, findLocal };
}

/** @returns {Module} */
function parse(file, text) {
  const { program, module, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const imports = new Map();
  for (const { moduleRequest, entries } of module.staticImports) {
    for (const { localName, importName } of entries) {
      imports.set(localName.value, { specifier: moduleRequest.value, name: importName.name });
    }
  }
  const exports = new Map();
  for (const entry of module.staticExports.flatMap(({ entries }) => entries)) {
    if (entry.exportName.name === null) throw new Error(`${file}: list the names instead of 'export *'`);
    const specifier = entry.moduleRequest?.value;
    exports.set(entry.exportName.name, { specifier, name: (specifier ? entry.importName : entry.localName).name });
  }
  return { text, comments, imports, exports, declarations: declarationsOf(program) };
}

function declarationsOf(program) {
  const declarations = new Map();
  for (const statement of program.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    const nodes = declared?.type === 'VariableDeclaration' ? declared.declarations : [declared];
    for (const node of nodes) {
      if (node?.id?.type !== 'Identifier') continue;
      const parts = declarations.get(node.id.name) ?? [];
      declarations.set(node.id.name, [...parts, { start: statement.start, node }]);
    }
  }
  return declarations;
}
