import type { AnyValue, KeyValue } from '../otlp/messages.js';
import { anyValueToText } from './any-value-text.js';

/**
 * A span's attributes while they are mapped. What a rule uses it takes out; what is left at the end has no place in the
 * model and becomes metadata, so that nothing is lost and nothing is kept twice. Of a repeated key the last value counts.
 */
export class AttributeMap {
  private readonly values = new Map<string, AnyValue>();

  constructor(attributes: readonly KeyValue[]) {
    for (const { key, value } of attributes) this.values.set(key, value);
  }

  /** The value; `undefined` where the key is absent or its value unset. */
  peek(key: string): AnyValue | undefined {
    return this.values.get(key) ?? undefined;
  }

  /** The value as text; `undefined` where it is absent, unset or empty. */
  peekText(key: string): string | undefined {
    return meaningfulText(this.peek(key));
  }

  has(key: string): boolean {
    return this.peekText(key) !== undefined;
  }

  hasAny(keys: readonly string[]): boolean {
    return keys.some((key) => this.has(key));
  }

  remove(key: string): void {
    this.values.delete(key);
  }

  /** Takes a value out, even an empty one. */
  take(key: string): AnyValue | undefined {
    const value = this.peek(key);
    if (value !== undefined) this.values.delete(key);
    return value;
  }

  /** Takes a text out; an empty one stays, as if it had not been set. */
  takeText(key: string): string | undefined {
    const text = this.peekText(key);
    if (text !== undefined) this.values.delete(key);
    return text;
  }

  /** Takes the first of these that is set and not empty. */
  takeFirstText(keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const text = this.takeText(key);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** The first of these that is set and not empty, left in place. */
  peekFirstText(keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const text = this.peekText(key);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** What is there, in the order of arrival. Entries may be removed meanwhile. */
  entries(): IterableIterator<[string, AnyValue]> {
    return this.values.entries();
  }
}

/** A value as text, where it says anything: not unset, not an empty string, array, list or run of bytes. */
export function meaningfulText(value: AnyValue | undefined): string | undefined {
  if (value === undefined || value === null || isEmpty(value)) return undefined;
  return anyValueToText(value);
}

function isEmpty(value: Exclude<AnyValue, null>): boolean {
  if (typeof value === 'string') return value === '';
  if (typeof value !== 'object') return false;
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length === 0;
  return value.entries.length === 0;
}

/** The text of one attribute of a resource, whose list is short enough to be searched. */
export function findText(attributes: readonly KeyValue[], key: string): string | undefined {
  let found: string | undefined;
  for (const attribute of attributes) {
    if (attribute.key === key) found = meaningfulText(attribute.value) ?? found;
  }
  return found;
}
