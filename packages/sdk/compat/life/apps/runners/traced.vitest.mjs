// A test of an application that traces, as Vitest runs it.
import { configure, getClient, observe } from '@slipstream/sdk';
import { afterAll, expect, test } from 'vitest';

configure({ service: 'vitest' });
const add = observe((a, b) => a + b, { name: 'add' });

test('adds', () => {
  expect(add(1, 2)).toBe(3);
});

afterAll(async () => {
  if (process.env.TEST_FLUSH === '1') await getClient().flush();
});
