import type { InstrumentationScope, Resource, Span } from '../otlp/messages.js';
import { AttributeMap } from './attribute-map.js';
import { attributePlan } from './attribute-plan.js';
import type { Dialect, Reader, Target } from './dialect.js';
import { ORDER } from './order.js';
import { SpanSource } from './source.js';

/** Every dialect of the order once; its place here is its bit. */
export const DIALECTS: readonly Dialect[] = [...new Set<Dialect>(Object.values(ORDER).flat())];

const BITS: ReadonlyMap<Dialect, number> = new Map(DIALECTS.map((dialect, index) => [dialect, 1 << index]));

const EVENT_BITS = DIALECTS.reduce((bits, dialect) => (dialect.readsEvents ? bits | presence(dialect) : bits), 0);

const PLAN = attributePlan(
  DIALECTS.map((dialect) => ({ prefixes: dialect.prefixes, families: familiesOf(dialect), bit: presence(dialect) })),
);

/** A rule with its dialect's bit; exactly one of `key` and `reader` is given. */
export interface BoundRule<Value> {
  readonly dialectBit: number;
  readonly key: string | undefined;
  readonly reader: Reader<Value> | undefined;
}

/** A dialect's table for a target, with its bit. */
export interface BoundTable<Table> {
  readonly dialectBit: number;
  readonly table: Table;
}

/** Sorts a span's attributes for the rules of all dialects, in one pass. */
export function sourceOf(span: Span, resource: Resource, scope: InstrumentationScope): SpanSource {
  return new SpanSource(new AttributeMap(span.attributes, PLAN), span, resource, scope);
}

/** The bit by which {@link isPresent} knows a dialect. */
export function presence(dialect: Dialect): number {
  return BITS.get(dialect) ?? 0;
}

/** The rules for a target of one list of dialects, in their order. */
export function bindRules<Value>(
  dialects: readonly Dialect[],
  rulesOf: (dialect: Dialect) => readonly (string | Reader<Value>)[] | undefined,
): readonly BoundRule<Value>[] {
  return dialects.flatMap((dialect) =>
    (rulesOf(dialect) ?? []).map((rule) => ({
      dialectBit: presence(dialect),
      key: typeof rule === 'string' ? rule : undefined,
      reader: typeof rule === 'string' ? undefined : rule,
    })),
  );
}

/** The tables for a target, in the order of their dialects. */
export function bindTables<Name extends Target>(name: Name): readonly BoundTable<NonNullable<Dialect[Name]>>[] {
  return ORDER[name].flatMap((dialect) => {
    const table = dialect[name];
    return table === undefined ? [] : [{ dialectBit: presence(dialect), table }];
  });
}

/** Whether a dialect has anything to say about the span. */
export function isPresent(dialectBit: number, source: SpanSource): boolean {
  if ((source.attributes.dialectBits & dialectBit) !== 0) return true;
  return (EVENT_BITS & dialectBit) !== 0 && source.span.events.length > 0;
}

/** The first value that a rule gives, in the order of the rules. */
export function firstText(rules: readonly BoundRule<string>[], source: SpanSource): string | undefined {
  for (const { dialectBit, key, reader } of rules) {
    if (!isPresent(dialectBit, source)) continue;
    const text = key === undefined ? reader?.read(source) : source.attributes.takeText(key);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The same for readers alone. */
export function firstValue<Value>(rules: readonly BoundRule<Value>[], source: SpanSource): Value | undefined {
  for (const { dialectBit, reader } of rules) {
    const value = isPresent(dialectBit, source) ? reader?.read(source) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** All prefixes below which a dialect's rules ask for every key. */
function familiesOf(dialect: Dialect): readonly string[] {
  const families: string[] = [];
  for (const rules of Object.values(dialect)) {
    if (!Array.isArray(rules)) continue;
    for (const rule of rules) if (isReader(rule)) families.push(...(rule.families ?? []));
  }
  const { metadata, traceMetadata, singleParameters, usage, repeatedInput, repeatedOutput } = dialect;
  for (const table of [metadata, traceMetadata, singleParameters]) families.push(...(table?.prefixes ?? []));
  families.push(...(repeatedInput ?? []), ...(repeatedOutput ?? []), ...(usage?.counts?.families ?? []));
  if (usage?.prefix !== undefined) families.push(usage.prefix);
  return families;
}

function isReader(rule: unknown): rule is Reader<unknown> {
  return typeof rule === 'object' && rule !== null && 'read' in rule;
}
