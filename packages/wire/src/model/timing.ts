import { ATTRIBUTE } from '../attributes/keys.js';
import type { Span } from '../otlp/messages.js';
import type { AttributeMap } from './attribute-map.js';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Date, then time, fraction and zone; a zone that is missing is UTC, and double quotes around it are tolerated. */
const ISO_TIME = /^"?(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9})\d*)?(Z|[+-]\d{2}:?\d{2})?"?$/i;

/** Nanoseconds since the epoch of an ISO 8601 time; `undefined` where the text is none. */
export function parseIsoTime(text: string): bigint | undefined {
  const match = ISO_TIME.exec(text.trim());
  if (match === null) return undefined;
  const [, date, time, fraction = '', zone = 'Z'] = match;
  const milliseconds = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * NANOSECONDS_PER_MILLISECOND + BigInt(fraction.padEnd(9, '0'));
}

export interface SpanTimes {
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint | undefined;
}

/** A span's times; one that the sender left out is taken from the other, unless the span still runs. */
export function spanTimes(attributes: AttributeMap, span: Span): SpanTimes {
  const running = attributes.take(ATTRIBUTE.spanRunning) === true;
  const startTimeUnixNano = span.startTimeUnixNano === 0n ? span.endTimeUnixNano : span.startTimeUnixNano;
  if (running) return { startTimeUnixNano, endTimeUnixNano: undefined };
  return {
    startTimeUnixNano,
    endTimeUnixNano: span.endTimeUnixNano === 0n ? startTimeUnixNano : span.endTimeUnixNano,
  };
}

/** Which version of the span this is: a whole number that a double holds, else 0. */
export function spanRevision(attributes: AttributeMap): number {
  const revision = Number(attributes.take(ATTRIBUTE.spanRevision) ?? 0);
  return Number.isSafeInteger(revision) && revision > 0 ? revision : 0;
}
