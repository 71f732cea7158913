import { ATTRIBUTE, encodeExportRequest, readExportRequest, type Span, toObservation } from '@slipstream/wire';
import { describe, expect, it } from 'vitest';
import { spansOf } from '../sinks/otlp-body.js';
import { generateExportRequest } from './generate-export-request.js';
import { generateTrace } from './generate-trace.js';

const depthOf = (span: Span, byId: ReadonlyMap<string, Span>): number => {
  const parent = byId.get(span.parentSpanId);
  return parent === undefined ? 1 : depthOf(parent, byId) + 1;
};
const attribute = (span: Span, key: string) => span.attributes.find((entry) => entry.key === key)?.value;

describe('generateTrace', () => {
  it('gives equal spans for equal options and other ids for other seeds', () => {
    expect(generateTrace({ seed: 5, payloadCharacters: 300 })).toEqual(
      generateTrace({ seed: 5, payloadCharacters: 300 }),
    );
    expect(generateTrace({ seed: 5 })[0]?.traceId).not.toBe(generateTrace({ seed: 6 })[0]?.traceId);
  });

  it('makes the trace of one webhook call by default', () => {
    expect(generateTrace().map((span) => span.name)).toEqual([
      'lesson.webhook',
      'state.load',
      'intent',
      'intent.phoneme',
      'intent.llm',
      'lesson.reply',
      'state.save',
    ]);
  });

  it.each([1, 2, 7, 8, 500])(
    'makes %i spans with one root, unique ids, and children within their parents',
    (spanCount) => {
      const spans = generateTrace({ spanCount, seed: spanCount });
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      expect(spans).toHaveLength(spanCount);
      expect(byId.size).toBe(spanCount);
      expect(spans.filter((span) => span.parentSpanId === '')).toHaveLength(1);
      for (const span of spans.slice(1)) {
        const parent = byId.get(span.parentSpanId);
        expect(parent).toBeDefined();
        expect(span.startTimeUnixNano).toBeGreaterThanOrEqual(parent!.startTimeUnixNano);
        expect(span.endTimeUnixNano).toBeLessThanOrEqual(parent!.endTimeUnixNano);
        expect(span.endTimeUnixNano).toBeGreaterThanOrEqual(span.startTimeUnixNano);
      }
    },
  );

  it('goes as deep as allowed and no deeper', () => {
    const spans = generateTrace({ spanCount: 400, maxDepth: 5 });
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    expect(Math.max(...spans.map((span) => depthOf(span, byId)))).toBe(5);
    const flat = generateTrace({ spanCount: 20, maxDepth: 2 });
    const flatById = new Map(flat.map((span) => [span.spanId, span]));
    expect(Math.max(...flat.map((span) => depthOf(span, flatById)))).toBe(2);
  });

  it('captures the stated number of characters', () => {
    for (const span of generateTrace({ payloadCharacters: 4_097 })) {
      const input = attribute(span, ATTRIBUTE.observationInput) as string;
      const output = attribute(span, ATTRIBUTE.observationOutput) as string;
      expect(input.length + output.length).toBe(4_097);
    }
    expect(attribute(generateTrace()[0]!, ATTRIBUTE.observationInput)).toBeUndefined();
  });

  it('leaves only the root of a running trace without an end', () => {
    const [root, ...others] = generateTrace({ isRunning: true });
    expect(root?.endTimeUnixNano).toBe(0n);
    expect(attribute(root!, ATTRIBUTE.spanRunning)).toBe(true);
    expect(others.every((span) => span.endTimeUnixNano > 0n)).toBe(true);
  });

  it('fails all spans at an error rate of 1', () => {
    const spans = generateTrace({ errorRate: 1 });
    expect(spans.every((span) => span.status.code === 2)).toBe(true);
    expect(attribute(spans[0]!, ATTRIBUTE.observationLevel)).toBe('ERROR');
  });

  it('refuses a trace without spans, and one too flat for a child', () => {
    expect(() => generateTrace({ spanCount: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => generateTrace({ maxDepth: 1 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('generateExportRequest', () => {
  it('survives the wire, and every span reads as an observation', () => {
    const request = generateExportRequest({ traceCount: 3, payloadCharacters: 200, environment: 'test' });
    const { request: read, rejections, spanCount } = readExportRequest(encodeExportRequest(request));
    expect(rejections).toEqual([]);
    expect(spanCount).toBe(21);
    expect(read).toEqual(request);
    const { resource, scopeSpans } = read.resourceSpans[0]!;
    const generation = scopeSpans[0]!.spans.find((span) => span.name === 'lesson.reply')!;
    const observation = toObservation(generation, resource, scopeSpans[0]!.scope);
    expect(observation).toMatchObject({ type: 'generation', service: 'robot-lesson', environment: 'test' });
    expect(observation.usageDetails.get('total')).toBeGreaterThan(0);
    expect(observation.costDetails.get('total')).toBeGreaterThan(0);
    expect(observation.completionStartTimeUnixNano).toBeGreaterThan(0n);
    expect(observation.traceMetadata.get('conversation_id')).toBe(observation.sessionId);
  });

  it('spaces its traces in time and gives each ids of its own', () => {
    const spans = spansOf(generateExportRequest({ traceCount: 4, traceIntervalMs: 250 }));
    const roots = spans.filter((span) => span.parentSpanId === '');
    expect(new Set(roots.map((root) => root.traceId)).size).toBe(4);
    expect(roots[3]!.startTimeUnixNano - roots[0]!.startTimeUnixNano).toBe(750_000_000n);
  });
});
