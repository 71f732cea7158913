import { expect, it } from 'vitest';
import { TraceState } from './trace-state.js';

const state = new TraceState(' a=1 ,b=2,broken,=x,UPPER=1,t@v=3');

it('reads its members, and leaves out what is none', () => {
  expect([state.get('a'), state.get('b'), state.get('t@v'), state.get('broken'), state.get('UPPER')]).toEqual([
    '1',
    '2',
    '3',
    undefined,
    undefined,
  ]);
  expect(state.serialize()).toBe('a=1,b=2,t@v=3');
});

it('is changed by a new one, with what was set in front', () => {
  expect(state.set('b', '9').serialize()).toBe('b=9,a=1,t@v=3');
  expect(state.set('new', 'x').serialize()).toBe('new=x,a=1,b=2,t@v=3');
  expect(state.unset('a').serialize()).toBe('b=2,t@v=3');
  expect(state.unset('none').serialize()).toBe(state.serialize());
  expect(state.set('BAD', 'x').set('a', 'x=y').set('a', '').serialize()).toBe('a=1,b=2,t@v=3');
});

it('has 32 members and 512 characters at most', () => {
  const full = new TraceState(Array.from({ length: 33 }, (_, at) => `k${at}=v`).join());
  expect(full.serialize().split(',')).toHaveLength(32);
  expect(full.set('one-more', 'x')).toBe(full);
  expect(full.set('k0', 'x').serialize().startsWith('k0=x,')).toBe(true);
  const long = new TraceState(`a=${'x'.repeat(250)}`);
  expect(long.set('b', 'y'.repeat(256)).serialize()).toHaveLength(511);
  expect(long.set('bcd', 'y'.repeat(256))).toBe(long);
});
