// Export requests that cost nearly nothing to make: one is encoded, and its ids and times are overwritten in place.
import { randomFillSync } from 'node:crypto';
import { generateExportRequest } from '@slipstream/testkit';
import { encodeExportRequest } from '@slipstream/wire';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const NANOS_A_MS = 1_000_000n;

/**
 * @param {{ traces: number, spansPerTrace: number, charactersPerSpan: number, instance: string }} shape
 * @returns {{ spanCount: number, next(nowMs: number): { body: Buffer, traceIds: string[] } }}
 */
export function requestTemplate({ traces, spansPerTrace, charactersPerSpan, instance }) {
  const startUnixNano = 1_000_000_000_000_000_000n;
  const request = generateExportRequest({
    traceCount: traces,
    traceIntervalMs: 0,
    spanCount: spansPerTrace,
    payloadCharacters: charactersPerSpan,
    startUnixNano,
    serviceInstanceId: instance,
  });
  const spans = request.resourceSpans[0].scopeSpans[0].spans;
  const template = Buffer.from(encodeExportRequest(request));
  const places = {
    traces: placesOfIds(
      template,
      spans.map(({ traceId }) => traceId),
      TRACE_ID_BYTES,
    ),
    spans: placesOfIds(
      template,
      spans.flatMap(({ spanId, parentSpanId }) => [spanId, parentSpanId]),
      SPAN_ID_BYTES,
    ),
    times: placesOfTimes(template, spans),
  };
  return {
    spanCount: spans.length,
    next(nowMs) {
      const body = Buffer.from(template);
      const traceIds = overwriteIds(body, places.traces, TRACE_ID_BYTES);
      overwriteIds(body, places.spans, SPAN_ID_BYTES);
      const shift = BigInt(Math.round(nowMs)) * NANOS_A_MS - startUnixNano;
      for (const { at, nanos } of places.times) body.writeBigUInt64LE(nanos + shift, at);
      return { body, traceIds };
    },
  };
}

/** Where each distinct id stands, as a field of protobuf: a tag, its length, its bytes. */
function placesOfIds(template, ids, sizeBytes) {
  return [...new Set(ids)]
    .filter((id) => id !== '')
    .map((id) => {
      const bytes = Buffer.concat([Buffer.from([sizeBytes]), Buffer.from(id, 'hex')]);
      const found = [];
      for (let at = template.indexOf(bytes); at >= 0; at = template.indexOf(bytes, at + 1)) found.push(at + 1);
      return found;
    });
}

function placesOfTimes(template, spans) {
  const places = [];
  const bytes = Buffer.alloc(8);
  for (const nanos of new Set(spans.flatMap((span) => [span.startTimeUnixNano, span.endTimeUnixNano]))) {
    bytes.writeBigUInt64LE(nanos);
    for (let at = template.indexOf(bytes); at >= 0; at = template.indexOf(bytes, at + 1)) places.push({ at, nanos });
  }
  return places;
}

function overwriteIds(body, places, sizeBytes) {
  const fresh = randomFillSync(Buffer.alloc(places.length * sizeBytes));
  return places.map((found, index) => {
    const id = fresh.subarray(index * sizeBytes, (index + 1) * sizeBytes);
    for (const at of found) id.copy(body, at);
    return id.toString('hex');
  });
}
