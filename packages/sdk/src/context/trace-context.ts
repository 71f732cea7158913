/**
 * W3C Trace Context (https://www.w3.org/TR/trace-context/), version 00: `traceparent` and `tracestate` in and out.
 */
import type { ActiveContext } from './active-span.js';
import { type TraceIdentity, traceIdToHex, wordToHex } from './ids.js';

/** The headers of a request, or anything shaped like them. Names are looked up in lower case. */
export type TraceCarrier = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A span in another process. */
export interface RemoteParent extends ActiveContext {
  readonly local: undefined;
}

/** A span by its ids, as lower-case hexadecimal digits. */
export interface SpanReference {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits. */
  readonly spanId: string;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;
const TRACE_ID = /^(?!0{32}$)[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16}$)[0-9a-f]{16}$/;
const MAX_TRACEPARENT_LENGTH = 512;
/** The specification asks for at least 512; longer ones are not passed on. */
const MAX_TRACESTATE_LENGTH = 512;

/**
 * The parent named by a carrier, or `undefined` where there is none or it is malformed; never throws.
 * Whether the trace is kept is decided by this process's own rate for its id, not by the sender's flag.
 */
export function readTraceContext(
  carrier: TraceCarrier,
  isSampled: (lowWord: number) => boolean,
): RemoteParent | undefined {
  const header = headerOf(carrier, 'traceparent')?.trim();
  if (header === undefined || header.length > MAX_TRACEPARENT_LENGTH) return undefined;
  const [, traceId, spanId] = TRACEPARENT.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  // Version 00 has exactly four fields.
  if (header.startsWith('00') && header.length !== 55) return undefined;
  const traceState = headerOf(carrier, 'tracestate');
  const isKept = traceState !== undefined && traceState.length <= MAX_TRACESTATE_LENGTH;
  return remoteParent(traceId, spanId, isKept ? traceState : undefined, isSampled);
}

/** The parent that ids name, or `undefined` where they are none. */
export function readReference(
  reference: SpanReference,
  isSampled: (lowWord: number) => boolean,
): RemoteParent | undefined {
  const { traceId, spanId } = reference;
  const isValid = TRACE_ID.test(traceId) && SPAN_ID.test(spanId);
  return isValid ? remoteParent(traceId, spanId, undefined, isSampled) : undefined;
}

/** @internal From valid digits. */
export function remoteParent(
  traceId: string,
  spanId: string,
  traceState: string | undefined,
  isSampled: (lowWord: number) => boolean,
): RemoteParent {
  const word3 = wordAt(traceId, 24);
  const trace: TraceIdentity = {
    word0: wordAt(traceId, 0),
    word1: wordAt(traceId, 8),
    word2: wordAt(traceId, 16),
    word3,
    sampled: isSampled(word3),
    traceState,
  };
  return { trace, high: wordAt(spanId, 0), low: wordAt(spanId, 8), local: undefined, surrounding: undefined };
}

/** `00-<trace id>-<span id>-<flags>`. */
export function formatTraceparent(trace: TraceIdentity, high: number, low: number): string {
  return `00-${traceIdToHex(trace)}-${wordToHex(high)}${wordToHex(low)}-${trace.sampled ? '01' : '00'}`;
}

/** Reading what a caller passed may run the caller's getters; a carrier that throws has no header. */
function headerOf(carrier: TraceCarrier, name: string): string | undefined {
  try {
    return first(carrier?.[name]);
  } catch {
    return undefined;
  }
}

function first(value: string | readonly string[] | undefined): string | undefined {
  const text: unknown = Array.isArray(value) ? value[0] : value;
  return typeof text === 'string' ? text : undefined;
}

function wordAt(hex: string, index: number): number {
  return Number.parseInt(hex.slice(index, index + 8), 16) | 0;
}
