import type { AnyValue, KeyValue, SpanEvent, SpanLink, SpanTail } from '@slipstream/wire';
import type { Epoch } from './epoch.js';
import type { ForeignAttributeMap, ForeignFields, ForeignValue } from './foreign-fields.js';

/** As OpenTelemetry's own exporters have it: a whole number is an int64, any other a double. */
export function anyValueOf(value: ForeignValue): AnyValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return Array.isArray(value) ? value.map(anyValueOf) : value;
}

/** Fields 10 to 16 of the span's message. */
export function foreignTail(foreign: ForeignFields, epoch: Epoch): SpanTail {
  return {
    droppedAttributesCount: foreign.droppedAttributesCount,
    events: foreign.events.map(
      (event): SpanEvent => ({
        name: event.name,
        timeUnixNano: epoch.toUnixNano(event.timeMs),
        attributes: keyValuesOf(event.attributes),
        droppedAttributesCount: event.droppedAttributesCount,
      }),
    ),
    droppedEventsCount: foreign.droppedEventsCount,
    links: foreign.links.map(
      (link): SpanLink => ({
        traceId: link.traceId,
        spanId: link.spanId,
        traceState: link.traceState,
        attributes: keyValuesOf(link.attributes),
        droppedAttributesCount: link.droppedAttributesCount,
        flags: link.flags,
      }),
    ),
    droppedLinksCount: foreign.droppedLinksCount,
    status: { code: foreign.statusCode, message: foreign.statusMessage },
    flags: foreign.flags,
  };
}

function keyValuesOf(attributes: ForeignAttributeMap): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValueOf(value) }));
}
