import { parseSync, Visitor } from 'oxc-parser';

/**
 * @typedef {object} Import
 * @property {string} specifier
 * @property {number} line
 * @property {'static' | 'dynamic' | 'type'} kind `type` leaves no trace in the emitted code
 */

/**
 * What a file imports and where it reads the environment, by parsing it.
 *
 * @param {string} file its name decides the dialect
 * @param {string} text
 * @returns {{ imports: Import[], environmentReads: number[], errors: string[] }} `environmentReads` are lines
 */
export function scan(file, text) {
  const { module, program, errors } = parseSync(file, text);
  const lineAt = lineFinder(text);
  const imports = [];
  const add = (specifier, offset, kind) => imports.push({ specifier, line: lineAt(offset), kind });

  for (const statement of module.staticImports) {
    const isType = /^import\s+type\b/.test(text.slice(statement.start)) && statement.entries.every((e) => e.isType);
    add(statement.moduleRequest.value, statement.start, isType ? 'type' : 'static');
  }
  for (const { entries, start } of module.staticExports) {
    const from = entries.find((entry) => entry.moduleRequest !== null && entry.moduleRequest !== undefined);
    if (from === undefined) continue;
    const isType = /^export\s+type\b/.test(text.slice(start)) && entries.every((entry) => entry.isType);
    add(from.moduleRequest.value, start, isType ? 'type' : 'static');
  }
  const environmentReads = [];
  visitTree(program, {
    add,
    environmentRead: (offset) => environmentReads.push(lineAt(offset)),
  });
  return { imports, environmentReads, errors: errors.map((error) => error.message) };
}

/** What the module record lacks: literals of `import()`, types by `import('…')`, and `process.env` in its forms. */
function visitTree(program, found) {
  const isProcess = (node) => node?.type === 'Identifier' && node.name === 'process';
  const isEnv = (key) => key?.name === 'env' || key?.value === 'env';
  new Visitor({
    ImportExpression(node) {
      const specifier = literalOf(node.source);
      if (specifier !== undefined) found.add(specifier, node.start, 'dynamic');
    },
    TSImportType(node) {
      const specifier = literalOf(node.source ?? node.argument?.literal ?? node.argument);
      if (specifier !== undefined) found.add(specifier, node.start, 'type');
    },
    MemberExpression(node) {
      const isGlobal = node.object.type === 'MemberExpression' && node.object.property?.name === 'process';
      if ((isProcess(node.object) || isGlobal) && isEnv(node.property)) found.environmentRead(node.start);
    },
    VariableDeclarator(node) {
      if (node.id.type !== 'ObjectPattern' || !isProcess(node.init)) return;
      if (node.id.properties.some((property) => isEnv(property.key))) found.environmentRead(node.start);
    },
    ImportDeclaration(node) {
      if (!/^(node:)?process$/.test(node.source.value)) return;
      if (node.specifiers.some((specifier) => isEnv(specifier.imported))) found.environmentRead(node.start);
    },
  }).visit(program);
}

function literalOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked;
  return undefined;
}

function lineFinder(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
