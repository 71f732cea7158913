/**
 * A span processor that writes down which spans the libraries made, by `name` and number: their programs never see them.
 *
 * @param {{ spans: Record<string, string>, times: Record<string, { startUs: number, endUs: number }>, traceId?: string }} told
 */
export function seenSpans(told) {
  const keys = new Map();
  return {
    onStart(span) {
      const { spanId, traceId } = span.spanContext();
      const number = Object.keys(told.spans).filter((key) => key.startsWith(`${span.name} `)).length + 1;
      keys.set(spanId, `${span.name} ${number}`);
      told.spans[`${span.name} ${number}`] = spanId;
      told.traceId ??= traceId;
    },
    onEnd(span) {
      const [startUs, endUs] = [span.startTime, span.endTime].map(([s, ns]) => s * 1_000_000 + Math.floor(ns / 1_000));
      // The AI SDK says when the first part of an answer came.
      const firstMs = span.attributes['ai.response.msToFirstChunk'];
      const first = firstMs === undefined ? {} : { completionStartUs: startUs + Math.floor(firstMs * 1_000) };
      told.times[keys.get(span.spanContext().spanId)] = { startUs, endUs, ...first };
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
