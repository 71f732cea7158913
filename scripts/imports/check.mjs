import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findCycles } from './cycles.mjs';
import { checkEnvironment, checkImport } from './rules.mjs';
import { scan } from './scan.mjs';
import { findSources, resolveRelative } from './sources.mjs';

/**
 * Checks every source file of a tree against its import-rules.json.
 *
 * @param {string} root
 * @returns {{ problems: import('./rules.mjs').Problem[], files: number, imports: number }}
 */
export function checkTree(root) {
  const sources = findSources(root);
  const units = new Map(sources.map(({ unit }) => [unit.folder, unit.manifest]));
  const packages = new Map([...units.values()].map((manifest) => [manifest.name, manifest]));
  packages.set('', units.get('') ?? JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
  const table = JSON.parse(readFileSync(path.join(root, 'import-rules.json'), 'utf8'));
  const rules = { ...table, units: [...units.keys()].filter((folder) => folder !== '') };

  const problems = checkTable(rules, packages);
  const graph = new Map();
  let imports = 0;
  for (const source of sources) {
    const {
      imports: found,
      environmentReads,
      errors,
    } = scan(source.file, readFileSync(path.join(root, source.file), 'utf8'));
    for (const error of errors) problems.push({ file: source.file, line: 1, rule: 'syntax', message: error });
    imports += found.length;
    graph.set(source.file, new Set());
    for (const one of found) {
      const target = one.specifier.startsWith('.') ? resolveRelative(root, source.file, one.specifier) : undefined;
      const problem = checkImport(rules, packages, { source, found: { ...one, target } });
      if (problem !== undefined) problems.push({ file: source.file, line: one.line, ...problem });
      if (target !== undefined && one.kind !== 'type') graph.get(source.file).add(target);
    }
    problems.push(...checkEnvironment(rules, source, environmentReads));
  }
  problems.push(...checkCycles(graph));
  return { problems, files: sources.length, imports };
}

function checkCycles(graph) {
  return findCycles(graph).map((cycle) => ({
    file: cycle[0],
    line: 1,
    rule: 'cycle',
    message: `files import each other: ${[...cycle, cycle[0]].join(' → ')}; move what they share to a file of its own`,
  }));
}

/** The table itself: a row for each package, only packages that exist, and no cycle between them. */
function checkTable(rules, packages) {
  const problem = (message) => ({ file: 'import-rules.json', line: 1, rule: 'table', message });
  const problems = rules.units
    .filter((folder) => rules.packages[folder] === undefined)
    .map((folder) => problem(`has no row for ${folder}; add one to "packages"`));
  const byName = new Map();
  for (const [folder, row] of Object.entries(rules.packages)) {
    const imports = [...(row.imports ?? []), ...(row.lazy ?? [])];
    if (row.name !== undefined) byName.set(row.name, new Set(imports));
    for (const name of imports) {
      if (!packages.has(name) && !Object.values(rules.packages).some((other) => other.name === name)) {
        problems.push(problem(`${folder} may import ${name}, which does not exist`));
      }
    }
  }
  for (const cycle of findCycles(byName)) problems.push(problem(`packages import each other: ${cycle.join(' → ')}`));
  return problems;
}
