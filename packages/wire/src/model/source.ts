import type { InstrumentationScope, Resource, Span, SpanEvent } from '../otlp/messages.js';
import type { AttributeMap } from './attribute-map.js';
import { type JsonObject, parseJsonObject } from './json-text.js';

/** A span while it is mapped: what the readers of every dialect are given. */
export class SpanSource {
  readonly attributes: AttributeMap;
  readonly span: Span;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Attributes of events that a rule used, by event, so that they are not kept a second time. */
  private usedEventKeys: Map<SpanEvent, Set<string>> | undefined;
  private jsonObjects: Map<string, JsonObject | undefined> | undefined;

  constructor(attributes: AttributeMap, span: Span, resource: Resource, scope: InstrumentationScope) {
    this.attributes = attributes;
    this.span = span;
    this.resource = resource;
    this.scope = scope;
  }

  /** The JSON object that is an attribute's text, parsed once for all readers; `undefined` where it is none. */
  jsonObject(key: string): JsonObject | undefined {
    if (this.jsonObjects?.has(key) === true) return this.jsonObjects.get(key);
    const text = this.attributes.peekText(key);
    if (text === undefined) return undefined;
    const object = parseJsonObject(text);
    this.jsonObjects ??= new Map();
    this.jsonObjects.set(key, object);
    return object;
  }

  /** Notes that attributes of an event have their place in the model. */
  useEvent(event: SpanEvent, keys: Iterable<string>): void {
    this.usedEventKeys ??= new Map();
    const used = this.usedEventKeys.get(event) ?? new Set();
    for (const key of keys) used.add(key);
    this.usedEventKeys.set(event, used);
  }

  /** What is left of an event; `undefined` where a rule used all of it. */
  restOfEvent(event: SpanEvent): SpanEvent | undefined {
    const used = this.usedEventKeys?.get(event);
    if (used === undefined) return event;
    const attributes = event.attributes.filter(({ key }) => !used.has(key));
    return attributes.length === 0 ? undefined : { ...event, attributes };
  }
}
