import { describe, expect, test } from 'vitest';
import { RESOURCE, SCOPE, withAttributes } from '../../test/sample-spans.js';
import type { AnyValue } from '../otlp/messages.js';
import { toObservation } from './to-observation.js';

const map = (attributes: Record<string, AnyValue>) => toObservation(withAttributes(attributes), RESOURCE, SCOPE);
const metadataOf = (attributes: Record<string, AnyValue>) => Object.fromEntries(map(attributes).metadata);

describe('metadata', () => {
  test('prefixed keys become top-level keys, and keep their dots', () => {
    expect(
      metadataOf({
        'langfuse.observation.metadata.a': 'x',
        'langfuse.observation.metadata.b.c': 1n,
        'langfuse.metadata.d': true,
        'ai.telemetry.metadata.e': { entries: [{ key: 'f', value: 2n }] },
      }),
    ).toEqual({ a: 'x', 'b.c': '1', d: 'true', e: '{"f":2}' });
  });

  test("Langfuse's Python SDK writes texts in quotes from version 5 on, and no other does", () => {
    const attributes = {
      'langfuse.observation.metadata.bot_id': '"b-1"',
      'langfuse.observation.metadata.n': '1',
      'langfuse.trace.metadata.lesson': '"bài \\u0031 \\"x\\""',
      'langfuse.observation.metadata.open': '"b',
    };
    const span = withAttributes(attributes, { parentSpanId: '00f067aa0ba902b7' });
    const observe = (version: string, language: string) =>
      toObservation(
        span,
        { ...RESOURCE, attributes: [{ key: 'telemetry.sdk.language', value: language }] },
        { ...SCOPE, name: 'langfuse-sdk', version },
      );
    const python = observe('5.0.4', 'python');
    expect(Object.fromEntries(python.metadata)).toEqual({ bot_id: 'b-1', n: '1', open: '"b' });
    expect(Object.fromEntries(python.traceMetadata)).toEqual({ lesson: 'bài 1 "x"' });
    for (const other of [observe('4.14.6', 'python'), observe('5.11.1', 'nodejs')]) {
      expect(other.metadata.get('bot_id')).toBe('"b-1"');
    }
  });

  test.each<[string, AnyValue, Record<string, string>]>([
    ['a JSON object', '{"a":"x","n":{"m":[1]},"z":null}', { a: 'x', n: '{"m":[1]}', z: 'null' }],
    ['a JSON array', '["x",{"y":1}]', { 0: 'x', 1: '{"y":1}' }],
    ['a bare text', 'just a note', { value: 'just a note' }],
    ['text that is almost JSON', '{"a":', { value: '{"a":' }],
    ['a number', 5n, { value: '5' }],
    ['a structure', { entries: [{ key: 'a', value: ['x'] }] }, { a: '["x"]' }],
    ['an array', ['x', 2.5], { 0: 'x', 1: '2.5' }],
    ['bytes', Uint8Array.of(255), { value: '"/w=="' }],
    ['empty', '', {}],
    ['an empty object', ' { } ', {}],
    [
      'an object with odd text in it',
      '{ "a\\"}" : "x,\\u00e9" , "b":[1, {"c":"]"}] }',
      { 'a"}': 'x,é', b: '[1, {"c":"]"}]' },
    ],
  ])('a whole that is %s', (_, value, metadata) => {
    const result = metadataOf({ 'langfuse.observation.metadata': value });
    expect(result).toEqual(metadata);
  });

  test('integers beyond 2^53 in a whole object keep their digits', () => {
    expect(metadataOf({ 'langfuse.observation.metadata': '{"id":12345678901234567890,"s":"a,b}"}' })).toEqual({
      id: '12345678901234567890',
      s: 'a,b}',
    });
  });

  test('a prefixed key wins over the same key of a whole object', () => {
    expect(
      metadataOf({ 'langfuse.observation.metadata.a': 'prefixed', 'langfuse.observation.metadata': '{"a":"whole"}' }),
    ).toEqual({ a: 'prefixed' });
  });

  test("the trace's metadata is kept apart from the observation's", () => {
    const observation = map({
      'langfuse.trace.metadata': '{"a":"t"}',
      'langfuse.trace.metadata.conversation_id': 'c-1',
      'langfuse.observation.metadata.a': 'o',
    });
    expect(Object.fromEntries(observation.traceMetadata)).toEqual({ a: 't', conversation_id: 'c-1' });
    expect(Object.fromEntries(observation.metadata)).toEqual({ a: 'o' });
  });

  test('what has no place is kept under attributes, as text', () => {
    expect(
      metadataOf({ 'http.status': 200n, list: [1.5, 'x', null], raw: Uint8Array.of(1, 2), unset: null, empty: '' }),
    ).toEqual({
      'attributes.http.status': '200',
      'attributes.list': '[1.5,"x",null]',
      'attributes.raw': '"AQI="',
      'attributes.unset': 'null',
      'attributes.empty': '',
    });
  });

  test("a sender's internal flags are not", () => {
    expect(metadataOf({ 'langfuse.internal.is_app_root': true })).toEqual({});
  });

  test('an empty key is a key, whether it is prefixed or in a whole', () => {
    expect(metadataOf({ 'langfuse.observation.metadata.': 'x' })).toEqual({ '': 'x' });
    expect(metadataOf({ 'langfuse.observation.metadata': '{"":"x"}' })).toEqual({ '': 'x' });
  });

  test('a key that means something to objects is a key like any other', () => {
    const observation = map({
      'langfuse.observation.metadata.__proto__': 'x',
      'langfuse.observation.metadata.constructor': 'Ferrari',
      'langfuse.trace.metadata': '{"__proto__":{"polluted":1},"prototype":"p"}',
    });
    expect([...observation.metadata]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'Ferrari'],
    ]);
    expect([...observation.traceMetadata]).toEqual([
      ['__proto__', '{"polluted":1}'],
      ['prototype', 'p'],
    ]);
  });

  test('an attribute called metadata that is no object stays an attribute', () => {
    expect(metadataOf({ metadata: 'note' })).toEqual({ 'attributes.metadata': 'note' });
  });
});
