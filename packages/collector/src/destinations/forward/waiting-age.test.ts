import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isRedisThere } from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { namesOf, useForwarding } from '../../../test/support/forwarding.js';
import { useRedisQueues } from '../../../test/support/redis-queues.js';
import { makeSpan, toProtobuf } from '../../../test/support/spans.js';
import { createSegmentQueue } from '../../queue/segment-queue.js';

const HOUR_MS = 3_600_000;
/** Half of what the old spans have waited, and far more than a test takes. */
const MAX_AGE_MS = HOUR_MS / 2;
/** On a busy machine. */
const SOON = { timeout: 15_000 };
const AWAY = { otherwise: { kind: 'status', status: 503 } } as const;

const forwarding = useForwarding();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-ages-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const buried = async () => (await forwarding.letters()).flatMap(({ spans }) => namesOf(spans));
const entryOf = (name: string) => ({
  tenant: 'default',
  contentType: 'application/x-protobuf',
  payload: toProtobuf(makeSpan({ name })),
});

describe('how long spans have waited', () => {
  it('counts from before a restart, and not for what came after it', async () => {
    const before = await createSegmentQueue({ directory });
    await before.append(entryOf('old'));
    await before.close();
    const [segment] = (await readdir(directory)).filter((name) => name.startsWith('segment-'));
    const anHourAgo = new Date(Date.now() - HOUR_MS);
    await utimes(join(directory, segment!), anHourAgo, anHourAgo);
    const queue = await createSegmentQueue({ directory });
    const sink = await forwarding.sink(AWAY);
    const destination = await forwarding.start({ url: sink.url, maxAgeMs: MAX_AGE_MS }, { queue });
    await vi.waitFor(async () => expect(await buried()).toEqual(['old']), SOON);
    await queue.append(entryOf('new'));
    await vi.waitFor(() => expect(destination.stats().failedAttempts).toBeGreaterThan(3), SOON);
    expect(await buried()).toEqual(['old']);
    await destination.stop(0);
    await queue.close();
  });

  describe.skipIf(!isRedisThere)('in a shared queue (needs redis-server)', () => {
    const { open, clear, command } = useRedisQueues();
    afterEach(clear);

    it('counts from when they came into it, whoever reads them', async () => {
      const add = (id: string, name: string) =>
        command((redis) =>
          redis.xadd(
            'slipstream:traces',
            id,
            'v',
            '1',
            'p',
            'p',
            'e',
            'otlp+gzip',
            'd',
            gzipSync(entryOf(name).payload),
          ),
        );
      await add(`${Date.now() - HOUR_MS}-0`, 'old');
      const queue = await open();
      const sink = await forwarding.sink(AWAY);
      const destination = await forwarding.start({ url: sink.url, maxAgeMs: MAX_AGE_MS }, { queue });
      await vi.waitFor(async () => expect(await buried()).toEqual(['old']), SOON);
      await add('*', 'new');
      await vi.waitFor(() => expect(destination.stats().failedAttempts).toBeGreaterThan(3), SOON);
      expect(await buried()).toEqual(['old']);
      // A clock ahead of ours makes nothing old.
      await add(`${Date.now() + 24 * HOUR_MS}-0`, 'from the future');
      await destination.stop(0);
      expect(await buried()).toEqual(['old']);
    });
  });
});
