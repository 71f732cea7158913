import { describe, expect, test } from 'vitest';
import type { AnyValue } from '../otlp/messages.js';
import { AttributeMap } from './attribute-map.js';
import { attributePlan } from './attribute-plan.js';
import { MAX_REBUILT_SLOTS, takeIndexed } from './indexed-attributes.js';

const PREFIX = 'm.';

function rebuild(attributes: Record<string, AnyValue>) {
  const plan = attributePlan([{ prefixes: ['m'], families: [PREFIX], bit: 1 }]);
  const map = new AttributeMap(
    Object.entries(attributes).map(([key, value]) => ({ key, value })),
    plan,
  );
  const text = takeIndexed(map, PREFIX);
  return { value: text === undefined ? undefined : JSON.parse(text), left: [...map.entries()].map(([key]) => key) };
}

describe('takeIndexed', () => {
  test('rebuilds in the order of the indexes, without gaps', () => {
    expect(rebuild({ 'm.10.a': 'z', 'm.2.a': 'y', 'm.0.a': 'x', other: 1n })).toEqual({
      value: [{ a: 'x' }, { a: 'y' }, { a: 'z' }],
      left: ['other'],
    });
  });

  test('the last slot is rebuilt, an index behind it stays an attribute, and no index costs memory', () => {
    const last = MAX_REBUILT_SLOTS - 1;
    expect(rebuild({ [`m.${last}.a`]: 'x' })).toEqual({ value: [{ a: 'x' }], left: [] });
    expect(rebuild({ [`m.${last + 1}.a`]: 'x' })).toEqual({ value: undefined, left: [`m.${last + 1}.a`] });
    expect(rebuild({ 'm.0.list.999999999': 'x' })).toEqual({ value: undefined, left: ['m.0.list.999999999'] });
  });

  test.each(['m.0.__proto__.x', 'm.0.constructor.prototype.x', 'm.0.a.prototype'])('%s is not rebuilt', (key) => {
    expect(rebuild({ [key]: 'x' })).toEqual({ value: undefined, left: [key] });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test('a path through a value, or one that ends where others go on, stays an attribute', () => {
    expect(rebuild({ 'm.0': 'text', 'm.0.a': 'x' })).toEqual({ value: ['text'], left: ['m.0.a'] });
    expect(rebuild({ 'm.0.a': 'x', 'm.0': 'text' })).toEqual({ value: [{ a: 'x' }], left: ['m.0'] });
  });

  test('what does not begin with an index is not its business', () => {
    expect(rebuild({ 'm.role': 'x', 'm.': 'y', m: 'z' })).toEqual({ value: undefined, left: ['m.role', 'm.', 'm'] });
  });

  test('a path of endless parts stays an attribute', () => {
    const key = `m.0${'.a'.repeat(1_000)}`;
    expect(rebuild({ [key]: 'x' }).left).toEqual([key]);
  });
});
