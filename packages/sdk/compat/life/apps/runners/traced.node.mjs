// A test of an application that traces, as Node's own runner runs it.
import assert from 'node:assert';
import { test } from 'node:test';
import { configure, observe } from '@slipstream/sdk';

configure({ service: 'node-test' });
const add = observe((a, b) => a + b, { name: 'add' });

test('adds', () => {
  assert.equal(add(1, 2), 3);
});
