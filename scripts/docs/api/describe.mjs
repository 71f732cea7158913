import { docBefore } from './comments.mjs';

const KINDS = {
  FunctionDeclaration: 'function',
  TSDeclareFunction: 'function',
  ClassDeclaration: 'class',
  VariableDeclarator: 'const',
  TSInterfaceDeclaration: 'interface',
  TSTypeAliasDeclaration: 'type',
};

/**
 * @typedef {object} Description What a report says of a declaration.
 * @property {string} kind
 * @property {import('./comments.mjs').Doc | undefined} doc
 * @property {string} signature TypeScript, with the first sentence of each member's comment
 * @property {string[]} references names of types that the signature needs, as its module knows them
 * @property {string[]} bases those of them from which it has members
 * @property {{ offset: number, name: string, problem: string }[]} problems what is not documented or not written down
 */

/**
 * @param {import('./modules.mjs').Declaration} declaration
 * @returns {Description}
 */
export function describe(declaration) {
  const { name, module, file } = declaration;
  // The body of an overloaded function says nothing to callers.
  const overloads = declaration.parts.filter(({ node }) => node.type === 'TSDeclareFunction');
  const parts = overloads.length > 0 ? overloads : declaration.parts;
  const kind = KINDS[parts[0].node.type];
  if (kind === undefined)
    throw new Error(`${file}: ${name} is a ${parts[0].node.type}, which the report does not know`);
  const found = { references: new Set(), bases: new Set(), problems: [] };
  const note = (offset, label, problem) => found.problems.push({ offset, name: label, problem });
  const docs = parts.map(({ start }) => docBefore(module, start));
  const doc = docs.find((one) => one !== undefined);
  if (doc === undefined || doc.isEmpty) note(parts[0].start, name, 'has no TSDoc comment');
  const refer = (node) => collect(node, found.references);
  const wantsDocs = doc?.isElsewhere !== true;
  const inherit = (name) => name !== undefined && found.bases.add(name);
  const signature = parts
    .map(({ node }) => WRITERS[kind](node, { text: module.text, module, name, note, refer, inherit, wantsDocs }))
    .join('\n');
  const bases = [...found.bases];
  return { kind, doc, signature, references: [...found.references, ...bases], bases, problems: found.problems };
}

const WRITERS = {
  function: writeFunction,
  class: writeBlock,
  interface: writeBlock,
  const: writeConst,
  type: writeType,
};

function writeFunction(node, { text, name, note, refer }) {
  if (!node.returnType) note(node.start, name, 'has no return type written down');
  refer([node.typeParameters, node.params, node.returnType]);
  return `${text.slice(node.start, node.body?.start ?? node.end).replace(/;?\s*$/, '')};`;
}

function writeConst(node, { text, name, refer, note }) {
  refer(node.id.typeAnnotation);
  if (node.id.typeAnnotation) return `const ${text.slice(node.start, node.id.typeAnnotation.end)};`;
  if (node.init?.type !== 'TSAsExpression') note(node.start, name, 'has no type written down');
  return `const ${text.slice(node.start, node.end)};`;
}

function writeType(node, context) {
  const { typeAnnotation: type } = node;
  if (type.type !== 'TSTypeLiteral') {
    context.refer([node.typeParameters, type]);
    return `${context.text.slice(node.start, node.end).replace(/;$/, '')};`;
  }
  context.refer(node.typeParameters);
  return `${context.text.slice(node.start, type.start)}${writeMembers(type.members, context)};`;
}

/** A class or an interface. */
function writeBlock(node, context) {
  context.refer([node.typeParameters, node.superTypeArguments, node.extends, node.implements]);
  for (const base of [node.superClass, ...(node.extends ?? []).map(({ expression }) => expression)]) {
    context.inherit(leftmost(base));
  }
  return context.text.slice(node.start, node.body.start) + writeMembers(node.body.body, context);
}

function writeMembers(members, context) {
  const lines = [];
  const overloaded = new Set();
  for (const member of members) {
    const label = labelOf(member, context.text);
    const doc = docBefore(context.module, member.start);
    if (isHidden(member) || doc?.isInternal) continue;
    const isOverload = /TSEmptyBodyFunctionExpression|TSMethodSignature/.test(`${member.value?.type} ${member.type}`);
    if (!isOverload && overloaded.has(label)) continue;
    const isExplained = doc !== undefined && !doc.isEmpty;
    if (!isExplained && context.wantsDocs && needsDoc(member) && !overloaded.has(label)) {
      context.note(member.start, `${context.name}.${label}`, 'has no TSDoc comment');
    }
    if (isOverload) overloaded.add(label);
    if (isExplained && (doc.summary !== '' || member.kind !== 'constructor')) lines.push(`  /** ${shortDoc(doc)} */`);
    lines.push(`  ${writeMember(member, label, context)}`);
  }
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n}`;
}

function labelOf({ key, computed, start, end }, text) {
  if (!key) return text.slice(start, end);
  const name = text.slice(key.start, key.end);
  return computed ? `[${name}]` : name;
}

function isHidden({ key, accessibility, type }) {
  return key?.type === 'PrivateIdentifier' || accessibility === 'private' || type === 'StaticBlock';
}

/** The comment of its class says what a constructor does, that of the base class what an override does. */
function needsDoc({ kind, override, type }) {
  return kind !== 'constructor' && override !== true && !/CallSignature|ConstructSignature|IndexSignature/.test(type);
}

function writeMember(member, label, { text, name, note, refer }) {
  const { value } = member;
  if (member.type === 'MethodDefinition') {
    refer([value.typeParameters, value.params, value.returnType]);
    const hasResult = member.kind === 'method' || member.kind === 'get';
    if (hasResult && !value.returnType) note(member.start, `${name}.${label}`, 'has no return type written down');
    return `${text.slice(member.start, value.body?.start ?? member.end).replace(/;?\s*$/, '')};`;
  }
  refer([member.typeAnnotation, member.typeParameters, member.params, member.returnType, member.parameters]);
  if (member.type !== 'PropertyDefinition') return `${text.slice(member.start, member.end).replace(/[;,]$/, '')};`;
  if (!member.typeAnnotation && value?.type !== 'Literal') {
    note(member.start, `${name}.${label}`, 'has no type written down');
  }
  return `${text.slice(member.start, member.typeAnnotation?.end ?? member.end).replace(/;$/, '')};`;
}

function shortDoc({ summary, byDefault }) {
  return [summary, byDefault && `@default ${byDefault}`].filter(Boolean).join(' ');
}

/** Names of types, of `typeof` and of base classes at or below a node. */
function collect(node, names) {
  if (Array.isArray(node)) for (const item of node) collect(item, names);
  if (typeof node?.type !== 'string') return;
  const named = { TSTypeReference: 'typeName', TSTypeQuery: 'exprName', TSInterfaceHeritage: 'expression' }[node.type];
  const target = named === undefined ? undefined : leftmost(node[named]);
  if (target !== undefined) names.add(target);
  if (node.type === 'TSClassImplements' && leftmost(node.expression)) names.add(leftmost(node.expression));
  for (const [key, child] of Object.entries(node)) {
    if (key !== named && typeof child === 'object' && child !== null) collect(child, names);
  }
}

/** `A` of `A.B`. */
function leftmost(node) {
  if (node?.type === 'Identifier') return node.name;
  return node?.left === undefined ? undefined : leftmost(node.left);
}
