import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe } from './describe.mjs';
import { createModules } from './modules.mjs';

const KIND_ORDER = ['function', 'class', 'const', 'interface', 'type'];

/** Under which package.json names the sources of an entry point. */
const SOURCE_CONDITION = 'slipstream-source';

const HEAD = (name, command) => `# API of \`${name}\`

Every name that each entry point exports, with its signature and the first sentence of its comment; the comments in the
sources say more. Made by \`${command}\`: do not edit. A test fails when it is old.
`;

/**
 * The report of a package, and what is wrong with what it describes.
 *
 * @param {string} root
 * @param {string} folder of the package, relative to the root
 * @param {string} command that makes the report
 * @returns {{ text: string, problems: { file: string, line: number, name: string, problem: string }[] }}
 */
export function reportApi(root, folder, command) {
  const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  const modules = createModules(root);
  const entries = Object.entries(manifest.exports).map(([subpath, conditions]) => {
    const file = path.posix.join(folder, conditions[SOURCE_CONDITION]);
    const names = modules.exportsOf(file).map((name) => ({ name, found: modules.findExport(file, name) }));
    return { title: manifest.name + subpath.slice(1), names };
  });
  const reported = new Map();
  const problems = [];
  const sections = entries.map((entry) => writeEntry(entry, reported, problems));
  const unlisted = describeUnlisted(modules, reported);
  for (const { declaration, description, isBase } of unlisted) {
    // Its members belong to what extends it; itself it is nobody's.
    const ofMembers = description.problems.filter(({ name }) => name !== declaration.name);
    if (isBase) problems.push(...placed(declaration, ofMembers));
  }
  const parts = [HEAD(manifest.name, command), writeIndex(entries), ...sections, ...writeUnlisted(unlisted)];
  return { text: parts.join('\n'), problems };
}

function writeIndex(entries) {
  const rows = entries.map(({ title, names }) => {
    const list = names.map(({ name }) => `\`${name}\``).sort(byText);
    return `| [\`${title}\`](#${anchor(title)}) | ${list.join(', ') || 'nothing'} |`;
  });
  return `| import from | names |\n|---|---|\n${rows.join('\n')}\n`;
}

/** @param {Map<string, { title: string, declaration: any, description: any }>} reported by place of declaration */
function writeEntry({ title, names }, reported, problems) {
  const items = names.map(({ name, found }) => {
    if (found.specifier !== undefined) {
      return { name, kind: 'type', text: `Comes from \`${found.specifier}\`.` };
    }
    const before = reported.get(keyOf(found));
    if (before !== undefined) {
      const { kind } = before.description;
      return { name, kind, text: `The same as in [\`${before.title}\`](#${anchor(before.title)}).` };
    }
    const description = describe(found);
    reported.set(keyOf(found), { title, declaration: found, description });
    problems.push(...placed(found, description.problems));
    return { name, kind: description.kind, text: writeDescription(description) };
  });
  items.sort((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || byText(a.name, b.name));
  const body = items.map(({ name, kind, text }) => `### ${kind} \`${name}\`\n\n${text}\n`);
  return [`## \`${title}\`\n`, ...(body.length > 0 ? body : ['Exports nothing.\n'])].join('\n');
}

function writeDescription({ doc, signature }) {
  const sentences = [doc?.summary, doc?.throws && `Throws ${doc.throws.replace(/\.?$/, '.')}`].filter(Boolean);
  return [...sentences, `\`\`\`ts\n${signature}\n\`\`\``].join('\n\n');
}

/** What signatures name and no entry point exports: callers depend on it as well. */
function describeUnlisted(modules, reported) {
  const unlisted = new Map();
  for (const { declaration, description } of reported.values()) {
    for (const name of description.references) {
      const found = modules.findLocal(declaration.file, name);
      if (found?.file === undefined || reported.has(keyOf(found))) continue;
      const item = unlisted.get(keyOf(found)) ?? { declaration: found, description: describe(found), isBase: false };
      item.isBase ||= description.bases.includes(name);
      unlisted.set(keyOf(found), item);
    }
  }
  return [...unlisted.values()].sort((a, b) => byText(a.declaration.name, b.declaration.name));
}

function keyOf({ file, name }) {
  return `${file}#${name}`;
}

function writeUnlisted(unlisted) {
  if (unlisted.length === 0) return [];
  const items = unlisted.map(
    ({ declaration, description }) =>
      `### ${description.kind} \`${declaration.name}\`\n\n${writeDescription(description)}\n`,
  );
  return ['## Named by signatures, exported nowhere\n', ...items];
}

function placed({ file, module }, problems) {
  return problems.map(({ offset, name, problem }) => {
    const line = module.text.slice(0, offset).split('\n').length;
    return { file, line, name, problem };
  });
}

/** As GitHub makes them of headings. */
function anchor(title) {
  return title.toLowerCase().replace(/[^\w\s-]/g, '');
}

/** The same on every machine, whatever its language. */
function byText(a, b) {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x !== y) return x < y ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}
