import { expect, test } from 'vitest';
import { usageRows } from './usage.js';

test('input and output come first and the total last, each with what is known', () => {
  const rows = usageRows({
    usageDetails: { total: 30, input: 10, cache_read: 4, output: 20 },
    costDetails: { output: 0.5, audio: 0.1 },
  });
  expect(rows).toEqual([
    { key: 'input', tokens: 10, costUsd: null },
    { key: 'output', tokens: 20, costUsd: 0.5 },
    { key: 'audio', tokens: null, costUsd: 0.1 },
    { key: 'cache_read', tokens: 4, costUsd: null },
    { key: 'total', tokens: 30, costUsd: null },
  ]);
});
