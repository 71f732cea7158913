import { describe, expect, test } from 'vitest';
import { RESOURCE, SCOPE, sampleSpan, withAttributes } from '../../test/sample-spans.js';
import type { AnyValue, InstrumentationScope, KeyValue, Resource, Span } from '../otlp/messages.js';
import { toObservation } from './to-observation.js';

const entriesOf = (attributes: Record<string, AnyValue>): KeyValue[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value }));

const resourceOf = (attributes: Record<string, AnyValue>, droppedAttributesCount = 0): Resource => ({
  attributes: entriesOf(attributes),
  droppedAttributesCount,
});

const scopeOf = (name: string, attributes: Record<string, AnyValue>): InstrumentationScope => ({
  name,
  version: '1',
  attributes: entriesOf(attributes),
  droppedAttributesCount: 0,
});

const metadataOf = (span: Span, resource = RESOURCE, scope = SCOPE) =>
  Object.fromEntries(toObservation(span, resource, scope).metadata);

const CHILD = { parentSpanId: '00f067aa0ba902b7' };
const HOST = resourceOf({ 'service.name': 'robot-lesson', 'host.name': 'box', 'process.pid': 7n, list: ['a', 1n] });

describe('the resource of a span', () => {
  test('is kept on a root, but for what has a field, with the types of its values', () => {
    expect(metadataOf(sampleSpan(), HOST)).toEqual({
      resourceAttributes: '{"host.name":"box","process.pid":7,"list":["a",1]}',
    });
  });

  test('is kept once for each process that a trace enters', () => {
    const isKept = (changes: Partial<Span>) => 'resourceAttributes' in metadataOf(sampleSpan(changes), HOST);
    expect(isKept(CHILD)).toBe(false);
    expect(isKept({ ...CHILD, kind: 3 })).toBe(false);
    // A parent that is said to be no remote one.
    expect(isKept({ ...CHILD, flags: 0x101 })).toBe(false);
    expect(isKept({ ...CHILD, flags: 0x301 })).toBe(true);
    expect(isKept({ ...CHILD, kind: 2 })).toBe(true);
    expect(isKept({ ...CHILD, kind: 5 })).toBe(true);
  });

  test('has no row where all of it has a field', () => {
    const resource = resourceOf({
      'service.name': 's',
      'service.instance.id': 'i',
      'deployment.environment.name': 'e',
      'langfuse.release': 'r',
      'service.version': 'v',
      'deployment.environment': '',
    });
    expect(metadataOf(sampleSpan(), resource)).toEqual({});
  });

  test('keeps what its field does not show because the span gave another value', () => {
    const resource = resourceOf({ 'service.name': 's', 'service.version': '9', 'host.name': 'box' });
    const span = withAttributes({ 'langfuse.version': '10' });
    expect(metadataOf(span, resource)).toEqual({ resourceAttributes: '{"service.version":"9","host.name":"box"}' });
    expect(metadataOf(sampleSpan(), resource)).toEqual({ resourceAttributes: '{"host.name":"box"}' });
  });

  test('of our own SDK is no reason for a row, that of any other is', () => {
    const sdk = (name: string) =>
      resourceOf({
        'service.name': 's',
        'telemetry.sdk.name': name,
        'telemetry.sdk.language': 'nodejs',
        'process.pid': 7n,
      });
    expect(metadataOf(sampleSpan(), sdk('slipstream'))).toEqual({});
    expect(metadataOf(sampleSpan(), sdk('opentelemetry'))).toEqual({
      resourceAttributes: '{"telemetry.sdk.name":"opentelemetry","telemetry.sdk.language":"nodejs","process.pid":7}',
    });
  });

  test('keeps the last of a repeated key, and how many were dropped', () => {
    const attributes = [...entriesOf({ 'host.name': 'first' }), ...entriesOf({ 'host.name': 'last' })];
    const resource = { attributes, droppedAttributesCount: 2 };
    expect(metadataOf(sampleSpan(), resource)).toEqual({
      resourceAttributes: '{"host.name":"last","otel.dropped_attributes_count":2}',
    });
    expect(metadataOf(sampleSpan(), resourceOf({}, 1))).toEqual({
      resourceAttributes: '{"otel.dropped_attributes_count":1}',
    });
  });
});

describe('the scope of a span', () => {
  test('has its attributes kept on every span', () => {
    const scope = scopeOf('library', { tier: 'beta', n: 1n });
    for (const changes of [{}, CHILD]) {
      expect(metadataOf(sampleSpan(changes), RESOURCE, scope)).toEqual({ 'scope.attributes': '{"tier":"beta","n":1}' });
    }
  });

  test("of Langfuse's SDKs has its key of the project kept where a trace enters", () => {
    const scope = scopeOf('langfuse-sdk', { public_key: 'pk-lf-1' });
    expect(metadataOf(sampleSpan(), RESOURCE, scope)).toEqual({ 'scope.attributes': '{"public_key":"pk-lf-1"}' });
    expect(metadataOf(sampleSpan(CHILD), RESOURCE, scope)).toEqual({});
  });
});

describe('the rest of a span', () => {
  test.each([
    [-1, undefined],
    [0, undefined],
    [1, undefined],
    [2, 'server'],
    [3, 'client'],
    [4, 'producer'],
    [5, 'consumer'],
    [6, '6'],
  ])('of kind %s has the kind %s', (kind, name) => {
    expect(metadataOf(sampleSpan({ kind }))).toEqual(name === undefined ? {} : { 'span.kind': name });
  });

  test("has no kind where our own SDK's type says it", () => {
    expect(metadataOf(sampleSpan({ kind: 3 }), RESOURCE, scopeOf('slipstream', {}))).toEqual({});
  });

  test('has its name kept where it is called by its work', () => {
    const tool = withAttributes({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' });
    const observation = toObservation({ ...tool, name: 'execute_tool search' }, RESOURCE, SCOPE);
    expect([observation.name, observation.metadata.get('span.name')]).toEqual(['search', 'execute_tool search']);
    // Here an attribute says it already.
    const call = withAttributes({ 'ai.operationId': 'ai.generateText', 'ai.telemetry.functionId': 'answer' });
    expect(metadataOf({ ...call, name: 'ai.generateText' })).not.toHaveProperty('span.name');
  });

  test('has trace state and dropped counts kept', () => {
    const span = sampleSpan({
      traceState: 'vendor=x',
      droppedAttributesCount: 1,
      droppedEventsCount: 2,
      droppedLinksCount: 3,
    });
    expect(metadataOf(span)).toEqual({
      'w3c.tracestate': 'vendor=x',
      'otel.dropped_attributes_count': '1',
      'otel.dropped_events_count': '2',
      'otel.dropped_links_count': '3',
    });
  });

  test('has trace state and dropped counts of links and events kept', () => {
    const dropped = { attributes: [], droppedAttributesCount: 4 };
    const link = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceState: 'v=1', flags: 0, ...dropped };
    const metadata = metadataOf(sampleSpan({ links: [link], events: [{ name: 'e', timeUnixNano: 1n, ...dropped }] }));
    expect(JSON.parse(metadata.links ?? '')).toEqual([
      { traceId: link.traceId, spanId: link.spanId, attributes: {}, traceState: 'v=1', droppedAttributesCount: 4 },
    ]);
    expect(JSON.parse(metadata.events ?? '')).toEqual([
      { name: 'e', timeUnixNano: '1', attributes: {}, droppedAttributesCount: 4 },
    ]);
  });

  test('has a status kept that level and message do not show', () => {
    const named = withAttributes(
      { 'langfuse.observation.level': 'WARNING', 'langfuse.observation.status_message': 'slow' },
      { status: { code: 2, message: 'deadline exceeded' } },
    );
    expect(metadataOf(named)).toEqual({
      'otel.status_code': 'ERROR',
      'otel.status_description': 'deadline exceeded',
    });
    expect(metadataOf(sampleSpan({ status: { code: 2, message: 'boom' } }))).toEqual({});
  });

  test('gives way to what the sender calls by the same name', () => {
    const span = withAttributes(
      {
        'langfuse.observation.metadata.resourceAttributes': 'mine',
        'langfuse.observation.metadata.span.kind': 'mine',
        'langfuse.observation.metadata.scope.attributes': 'mine',
      },
      { kind: 2 },
    );
    expect(metadataOf(span, HOST, scopeOf('library', { a: 'b' }))).toEqual({
      resourceAttributes: 'mine',
      'span.kind': 'mine',
      'scope.attributes': 'mine',
    });
  });
});
