import type { AnyValue, KeyValue } from '../otlp/messages.js';
import { anyValueToText } from './any-value-text.js';
import type { AttributePlan } from './attribute-plan.js';

/**
 * A span's attributes while they are mapped. What a rule uses it takes out; what is left at the end has no place in the
 * model and becomes metadata, so that nothing is lost and nothing is kept twice. Of a repeated key the last value counts.
 */
export class AttributeMap {
  /** One bit for each dialect of the plan that a key speaks for. */
  readonly dialectBits: number;
  private readonly values = new Map<string, AnyValue>();
  private families: Map<string, string[]> | undefined;

  constructor(attributes: readonly KeyValue[], plan?: AttributePlan) {
    let dialectBits = 0;
    for (const { key, value } of attributes) {
      this.values.set(key, value);
      if (plan !== undefined) dialectBits |= this.sort(key, plan);
    }
    this.dialectBits = dialectBits;
  }

  /** The keys that begin with one of the plan's families, in the order of arrival; some may have been taken since. */
  keysUnder(family: string): readonly string[] {
    return this.families?.get(family) ?? NO_KEYS;
  }

  /** The value as it came, `null` where it is unset; `undefined` where the key is absent. */
  get(key: string): AnyValue | undefined {
    return this.values.get(key);
  }

  /** The value; `undefined` where the key is absent or its value unset. */
  peek(key: string): AnyValue | undefined {
    return this.values.get(key) ?? undefined;
  }

  /** The value as text; `undefined` where it is absent, unset or empty. */
  peekText(key: string): string | undefined {
    return meaningfulText(this.peek(key));
  }

  /** Whether the key has a value that says anything. */
  has(key: string): boolean {
    const value = this.peek(key);
    return value !== undefined && value !== null && !isEmpty(value);
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

  /** Puts what a rule did not use back, under a key that it took. */
  putBack(key: string, value: AnyValue): void {
    this.values.set(key, value);
  }

  /** What is there, in the order of arrival. Entries may be removed meanwhile. */
  entries(): IterableIterator<[string, AnyValue]> {
    return this.values.entries();
  }

  /** Notes the families that a key is in, and gives the bits of the dialects that have its prefix. */
  private sort(key: string, plan: AttributePlan): number {
    const candidates = plan.byFirstCharacter[key.charCodeAt(0)];
    if (candidates === undefined) return 0;
    for (const { prefix, dialectBits, families } of candidates) {
      if (!key.startsWith(prefix)) continue;
      const next = key.charCodeAt(prefix.length);
      for (const family of families) {
        if (family.nextCharacter === next && key.startsWith(family.prefix)) this.addToFamily(family.prefix, key);
      }
      return dialectBits;
    }
    return 0;
  }

  private addToFamily(family: string, key: string): void {
    this.families ??= new Map();
    const keys = this.families.get(family);
    if (keys === undefined) this.families.set(family, [key]);
    else keys.push(key);
  }
}

const NO_KEYS: readonly string[] = [];

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
