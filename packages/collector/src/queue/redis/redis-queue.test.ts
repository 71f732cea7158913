import { isRedisThere } from '@slipstream/testkit';
import { describe, expect, it } from 'vitest';
import { useRedisQueues } from '../../../test/support/redis-queues.js';
import { describeQueue } from '../suite.js';

const MAX_ENTRY_BYTES = 256 * 1024;

describe.skipIf(!isRedisThere)('on a real server (needs redis-server)', () => {
  const { open, clear } = useRedisQueues();

  describeQueue('the Redis queue', 'shared', async () => ({
    // Nothing is taken over within a test but what a collector gave back.
    open: (collector = 'one') => open({ collector, maxEntryBytes: MAX_ENTRY_BYTES, timing: { claimIdleMs: 60_000 } }),
    destroy: clear,
    tooLargeBytes: MAX_ENTRY_BYTES + 1,
  }));
});

const isRequired = process.env.SLIPSTREAM_REQUIRE_REDIS === '1';

it.skipIf(isRedisThere || !isRequired)('needs redis-server on PATH (SLIPSTREAM_REQUIRE_REDIS=1)', () => {
  expect(isRedisThere, 'redis-server is not on PATH').toBe(true);
});
