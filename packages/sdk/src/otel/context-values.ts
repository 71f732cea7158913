import type { OtelContext } from './api-types.js';
import { SPAN_KEY, SUPPRESSION_KEY } from './keys.js';

/**
 * The values of a context but its span: an immutable list in which each key stands once, the newest first. Plain
 * objects, because observations carry it too, and a second copy of this package must be able to read it. A span is
 * never among them, so that a chain of contexts does not keep a chain of spans alive.
 */
export interface ContextValues {
  /** `undefined` at the end of a list, where `value` is a context of another kind that is asked for what is not here. */
  readonly key: symbol | undefined;
  readonly value: unknown;
  readonly next: ContextValues | undefined;
  /** Whether no OpenTelemetry span is to begin here. */
  readonly isSuppressed: boolean;
  /** What `langfuse-context.ts` found in this list, once it looked. */
  propagated: object | undefined;
}

export function lookUp(values: ContextValues | undefined, key: symbol): unknown {
  for (let node = values; node !== undefined; node = node.next) {
    if (node.key === key) return node.value;
    if (node.key === undefined) return readValue(node.value as OtelContext, key);
  }
  return undefined;
}

export function withValue(values: ContextValues | undefined, key: symbol, value: unknown): ContextValues {
  return node(key, value, has(values, key) ? without(values, key) : values);
}

export function withoutValue(values: ContextValues | undefined, key: symbol): ContextValues | undefined {
  const rest = has(values, key) ? without(values, key) : values;
  // What a context of another kind would answer is covered up.
  return lookUp(rest, key) === undefined ? rest : withValue(rest, key, undefined);
}

/** The values of a context of another kind. */
export function valuesOfContext(context: OtelContext, hasSpan: boolean): ContextValues {
  return {
    key: undefined,
    value: hasSpan ? context.deleteValue(SPAN_KEY) : context,
    next: undefined,
    isSuppressed: readValue(context, SUPPRESSION_KEY) === true,
    propagated: undefined,
  };
}

/** The context may be the application's own. */
export function readValue(context: OtelContext, key: symbol): unknown {
  try {
    return context.getValue(key);
  } catch {
    return undefined;
  }
}

function has(values: ContextValues | undefined, key: symbol): boolean {
  for (let node = values; node !== undefined; node = node.next) if (node.key === key) return true;
  return false;
}

/** The list with `key` taken out; what stands before it is built anew. */
function without(values: ContextValues | undefined, key: symbol): ContextValues | undefined {
  const before: ContextValues[] = [];
  let rest = values;
  for (; rest !== undefined && rest.key !== key; rest = rest.next) before.push(rest);
  let list = rest?.next;
  for (const { key: earlier, value } of before.reverse()) list = node(earlier, value, list);
  return list;
}

function node(key: symbol | undefined, value: unknown, next: ContextValues | undefined): ContextValues {
  const isSuppressed = key === SUPPRESSION_KEY ? value === true : next?.isSuppressed === true;
  return { key, value, next, isSuppressed, propagated: undefined };
}
