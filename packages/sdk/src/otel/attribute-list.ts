// Hot path: one attribute <= 40 ns.
import type { ForeignAttributes, ForeignAttributeValue } from '../core.js';

/** The attributes of a span, an event or a link, with OpenTelemetry's rules of what is valid and how much is kept. */
export class AttributeList implements ForeignAttributes {
  readonly keys: string[] = [];
  readonly values: ForeignAttributeValue[] = [];
  droppedCount = 0;
  private readonly maxCount: number;
  private readonly maxValueLength: number;

  constructor(maxCount: number, maxValueLength: number) {
    this.maxCount = maxCount;
    this.maxValueLength = maxValueLength;
  }

  /** Sets one; an invalid key or value changes nothing. Arrays are copied. */
  set(key: unknown, value: unknown): void {
    if (value === undefined || value === null || typeof key !== 'string' || key === '') return;
    const kept = this.keep(value);
    if (kept === undefined) return;
    const at = this.keys.indexOf(key);
    if (at >= 0) this.values[at] = kept;
    else this.append(key, kept);
  }

  /** Sets the own properties of an object; one whose getter throws is left out. */
  setAll(attributes: unknown): void {
    if (typeof attributes !== 'object' || attributes === null) return;
    const keys = keysOf(attributes);
    // The keys of one object differ, so that none has to be looked for among those before it.
    const isFirst = this.keys.length === 0;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      try {
        const value = (attributes as Record<string, unknown>)[key];
        if (!isFirst) this.set(key, value);
        else this.setFirst(key, value);
      } catch {
        // The application's own code threw: its attribute is not there.
      }
    }
  }

  get(key: string): ForeignAttributeValue | undefined {
    return this.values[this.keys.indexOf(key)];
  }

  toObject(): Record<string, ForeignAttributeValue> {
    return Object.fromEntries(this.keys.map((key, index) => [key, this.values[index] as ForeignAttributeValue]));
  }

  private setFirst(key: string, value: unknown): void {
    if (value === undefined || value === null || key === '') return;
    const kept = this.keep(value);
    if (kept !== undefined) this.append(key, kept);
  }

  private append(key: string, value: ForeignAttributeValue): void {
    if (this.keys.length >= this.maxCount) {
      this.droppedCount++;
      return;
    }
    this.keys.push(key);
    this.values.push(value);
  }

  private keep(value: unknown): ForeignAttributeValue | undefined {
    switch (typeof value) {
      case 'string':
        return value.length > this.maxValueLength ? value.slice(0, this.maxValueLength) : value;
      case 'number':
      case 'boolean':
        return value;
      default:
        return Array.isArray(value) ? this.keepArray(value) : undefined;
    }
  }

  /** Items of one kind, `null` and `undefined` among them. */
  private keepArray(items: readonly unknown[]): ForeignAttributeValue | undefined {
    let kind: string | undefined;
    const kept: (string | number | boolean | null | undefined)[] = [];
    for (let index = 0; index < items.length; index++) {
      const item = items[index];
      if (item !== undefined && item !== null) {
        kind ??= typeof item;
        if (typeof item !== kind || (kind !== 'string' && kind !== 'number' && kind !== 'boolean')) return undefined;
      }
      const isLong = typeof item === 'string' && item.length > this.maxValueLength;
      kept.push((isLong ? item.slice(0, this.maxValueLength) : item) as string);
    }
    return kept;
  }
}

function keysOf(attributes: object): readonly string[] {
  try {
    return Object.keys(attributes);
  } catch {
    // A proxy of the application's.
    return [];
  }
}
