import { builtinModules } from 'node:module';
import { relativeTarget } from './sources.mjs';

const BUILT_INS = new Set(builtinModules);

/**
 * @typedef {{ file: string, line: number, rule: string, message: string }} Problem
 * @typedef {import('./scan.mjs').Import & { target: string | undefined }} ResolvedImport
 *   `target` is the file of a relative import, where there is one
 * @typedef {{ source: import('./sources.mjs').Source, found: ResolvedImport }} Case
 */

/**
 * Checks one import against the table.
 *
 * @param {any} rules import-rules.json
 * @param {Map<string, any>} packages package.json of each of our packages, by its name
 * @param {Case} subject
 * @returns {{ rule: string, message: string } | undefined}
 */
export function checkImport(rules, packages, subject) {
  const { specifier } = subject.found;
  if (specifier.startsWith('#')) return undefined;
  if (/^\.{1,2}(\/|$)/.test(specifier)) return checkRelative(rules, subject);
  if (isBuiltIn(specifier)) return checkBuiltIn(rules, subject);
  const name = packageName(specifier);
  const manifest = packages.get(name);
  return manifest === undefined
    ? checkExternal(rules, packages, subject, name)
    : checkOwnPackage(rules, subject, name, manifest);
}

function checkRelative(rules, { source, found }) {
  const { folder } = source.unit;
  const target = found.target ?? relativeTarget(source.file, found.specifier);
  const nested = rules.units.find((unit) => isInside(target, unit) && unit.length > folder.length);
  if ((folder !== '' && !isInside(target, folder)) || nested !== undefined) {
    return {
      rule: 'leaves-package',
      message: `'${found.specifier}' points outside ${folder || 'the root'}; import the other package by its name`,
    };
  }
  return source.role === 'shipped'
    ? (checkFolders(rules, source, target) ?? checkDoors(rules, source, target))
    : undefined;
}

function checkFolders(rules, source, target) {
  const broken = (rules.folders ?? []).find(
    (rule) =>
      rule.in.some((folder) => isInside(source.file, folder)) &&
      rule.mustNotImport.some((folder) => isInside(target, folder)) &&
      !(rule.except ?? []).includes(target),
  );
  if (broken === undefined) return undefined;
  const except = broken.except ? ` (except ${broken.except.join(', ')})` : '';
  return { rule: 'folder', message: `${target} must not be imported from here${except}: ${broken.why}` };
}

function checkDoors(rules, source, target) {
  const broken = (rules.doors ?? []).find(
    (rule) =>
      isInside(target, rule.folder) &&
      !isInside(source.file, rule.folder) &&
      !rule.open.includes(target) &&
      !rule.keys.includes(source.file),
  );
  if (broken === undefined) return undefined;
  return {
    rule: 'door',
    message: `${target} may be imported only by ${broken.keys.join(', ')}; use ${broken.open.join(', ')}: ${broken.why}`,
  };
}

function checkBuiltIn(rules, { source, found }) {
  if (source.role !== 'shipped' || ruleOf(rules, source).builtIns !== false) return undefined;
  return {
    rule: 'built-in',
    message: `${source.unit.folder} must run without Node: do not import '${found.specifier}'`,
  };
}

function checkOwnPackage(rules, { source, found }, name, manifest) {
  if (name === source.unit.manifest.name) return undefined;
  const rule = ruleOf(rules, source);
  const lazy = rule.lazy ?? [];
  const allowed = [
    ...(rule.imports ?? []),
    ...lazy,
    ...(source.role === 'shipped' ? [] : (rules.tests?.imports ?? [])),
  ];
  if (!allowed.includes(name)) {
    const list = allowed.length > 0 ? allowed.join(', ') : 'none of ours';
    return {
      rule: 'package',
      message: `${source.unit.folder || 'the root'} must not import '${name}' (may import: ${list}); see "packages" in import-rules.json`,
    };
  }
  const subpath = `.${found.specifier.slice(name.length)}`;
  if (subpath !== '.' && !Object.hasOwn(manifest.exports ?? {}, subpath)) {
    return {
      rule: 'deep-import',
      message: `'${found.specifier}' is not an entry of ${name}; import what its index.ts lists`,
    };
  }
  if (source.role === 'shipped' && lazy.includes(name) && found.kind === 'static') {
    return { rule: 'lazy', message: `'${name}' must load only when it is needed: use import() or 'import type'` };
  }
  return source.role === 'shipped' ? checkDeclared(rule, source, name) : undefined;
}

function checkExternal(rules, packages, { source, found }, name) {
  const rule = ruleOf(rules, source);
  if (source.role !== 'shipped') {
    const root = packages.get('')?.devDependencies ?? {};
    return Object.hasOwn(root, name) ? undefined : checkDeclared({ bundled: true }, source, name);
  }
  // An optional peer, which only the files that need it may load: everything else must work without it.
  const isPeer = (rule.peers?.[name] ?? []).some((place) => isInside(source.file, place));
  if (rule.external === false && !isPeer) {
    const places = rule.peers?.[name];
    return {
      rule: 'external',
      message: `${source.unit.folder} has no dependencies: do not import '${found.specifier}'${places ? ` (only in ${places.join(', ')})` : ''}`,
    };
  }
  return checkDeclared(rule, source, name);
}

function checkDeclared(rule, source, name) {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = source.unit.manifest;
  // What a bundler puts into the output need not be installed with it.
  const declared = {
    ...dependencies,
    ...peerDependencies,
    ...optionalDependencies,
    ...(rule.bundled ? devDependencies : {}),
  };
  if (Object.hasOwn(declared, name)) return undefined;
  return {
    rule: 'undeclared',
    message: `'${name}' is not a dependency in ${source.unit.folder ? `${source.unit.folder}/` : ''}package.json; add it there`,
  };
}

/**
 * Checks the lines that read the environment.
 *
 * @param {any} rules
 * @param {import('./sources.mjs').Source} source
 * @param {number[]} lines
 * @returns {Problem[]}
 */
export function checkEnvironment(rules, source, lines) {
  if (source.role !== 'shipped' || !source.file.includes('/src/')) return [];
  if ((rules.environment?.readers ?? []).includes(source.file)) return [];
  return lines.map((line) => ({
    file: source.file,
    line,
    rule: 'environment',
    message: `reads process.env; read it in the package's one file for that (see "environment" in import-rules.json)`,
  }));
}

/** The row of the table for the package of a file. */
export function ruleOf(rules, source) {
  return rules.packages[source.unit.folder] ?? {};
}

function isBuiltIn(specifier) {
  return specifier.startsWith('node:') || BUILT_INS.has(specifier);
}

function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isInside(file, folder) {
  return file === folder || file.startsWith(`${folder}/`);
}
