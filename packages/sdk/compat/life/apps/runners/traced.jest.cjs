// A test of an application that traces, as Jest runs it.
const { configure, getClient, observe } = require('@slipstream/sdk');

configure({ service: 'jest' });
const add = observe((a, b) => a + b, { name: 'add' });

test('adds', () => {
  expect(add(1, 2)).toBe(3);
});

afterAll(async () => {
  if (process.env.TEST_FLUSH === '1') await getClient().flush();
});
