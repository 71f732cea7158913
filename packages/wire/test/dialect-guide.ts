/** The tables of `docs/guide/dialects.md`, made of the tables that the mapping runs by. */
import type { Dialect, MetadataTable, ParameterTable, Reader, Target } from '../src/model/dialect.js';
import { PROVIDER_USAGE } from '../src/model/dialects/provider-usage.js';
import { DIALECTS } from '../src/model/engine.js';
import { ORDER } from '../src/model/order.js';
import type { UsageTable } from '../src/model/usage-table.js';

/** Each value of the model as the guide calls it, in the guide's order. */
const LABELS: Readonly<Record<Target, string>> = {
  type: 'type',
  summary: 'sums up calls below it',
  name: 'name',
  level: 'level',
  statusMessage: 'status message',
  input: 'input',
  output: 'output',
  model: 'model',
  modelParameters: 'model parameters, whole',
  singleParameters: 'model parameters, single',
  usageDetails: 'usage, as reported',
  usage: 'usage, counted',
  cost: 'cost',
  completionStart: 'first token',
  prompt: 'prompt name and version',
  metadata: 'metadata',
  traceName: 'trace name',
  userId: 'user',
  sessionId: 'session',
  tags: 'tags',
  traceInput: 'trace input',
  traceOutput: 'trace output',
  traceMetadata: 'trace metadata',
  environment: 'environment',
  release: 'release',
  version: 'version',
};

const TARGETS = Object.keys(LABELS) as Target[];

/** The generated part of the guide. */
export function dialectTables(): string {
  return [
    '## Which comes first',
    table(
      ['value', 'dialects, the first that has one wins'],
      TARGETS.map((target) => [LABELS[target], ORDER[target].map(({ title }) => title).join(' → ')]),
    ),
    '## What is read',
    ...DIALECTS.flatMap((dialect) => [`### ${dialect.title}`, dialectTable(dialect)]),
    '## How tokens are counted',
    table(
      ['dialect', 'input', 'output', 'total', 'parts', 'what the whole counts include'],
      [
        ...ORDER.usage.flatMap(({ title, usage }) => (usage === undefined ? [] : [usageRow(title, usage)])),
        usageRow("a provider's own usage object in Langfuse's usage details", PROVIDER_USAGE),
      ],
    ),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function dialectTable(dialect: Dialect): string {
  const rows = TARGETS.flatMap((target) => {
    const text = describe(dialect, target);
    return text === undefined ? [] : [[LABELS[target], text]];
  });
  return table(['value', 'keys, in order'], rows);
}

function describe(dialect: Dialect, target: Target): string | undefined {
  const rules = dialect[target];
  if (rules === undefined) return undefined;
  if (Array.isArray(rules)) return (rules as readonly (string | Reader<unknown>)[]).map(ruleText).join(' → ');
  if (target === 'usage') return usageKeys(rules as UsageTable);
  return target === 'singleParameters' ? parameterText(rules as ParameterTable) : metadataText(rules as MetadataTable);
}

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

function ruleText(rule: string | Reader<unknown>): string {
  if (typeof rule === 'string') return code(rule);
  const keys = rule.keys
    .map((key) => (/^(event|span name)/.test(key) ? key.replaceAll('`', '') : code(key)))
    .join(', ');
  return rule.note === undefined ? keys : `${keys} (${rule.note})`;
}

function parameterText({ prefixes = [], keys = {} }: ParameterTable): string {
  const single = Object.entries(keys).map(([key, name]) => `${code(key)} as ${code(name)}`);
  return [...prefixes.map((prefix) => code(`${prefix}*`)), ...single].join(', ');
}

function metadataText({ prefixes = [], wholes = [], objects = [] }: MetadataTable): string {
  const parts = [...prefixes.map((prefix) => code(`${prefix}*`)), ...wholes.map(code)];
  return [...parts, ...objects.map((key) => `${code(key)} (only as an object)`)].join(', ');
}

function usageKeys({ prefix, counts }: UsageTable): string {
  const keys = prefix === undefined ? [] : [code(`${prefix}*`)];
  return [...keys, ...(counts === undefined ? [] : [ruleText(counts)])].join(', ');
}

function usageRow(title: string, usage: UsageTable): readonly string[] {
  const byKind = new Map<string, string[]>();
  for (const [name, { kind, isOverlap }] of usage.parts) {
    const label = isOverlap ? `${kind}, less` : kind;
    byKind.set(label, [...(byKind.get(label) ?? []), name]);
  }
  const parts = [...byKind].map(([kind, names]) => `${kind}: ${codes(names)}`).join('; ');
  return [title, codes(usage.input), codes(usage.output), codes(usage.total), parts, usage.note];
}
