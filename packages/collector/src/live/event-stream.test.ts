import { fastify } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { listenTo } from '../../test/support/http-client.js';
import { liveRoute } from './event-stream.js';
import { createLiveHub } from './hub.js';

describe('the live stream', () => {
  it('cuts off a browser that leaves more unread than is allowed', async () => {
    const big = { traceId: 'a', name: 'x'.repeat(300_000) };
    const hub = createLiveHub({ store: { summaries: async () => [big as never] }, coalesceMs: 1 });
    const app = fastify();
    app.register(liveRoute, { hub, maxUnreadBytes: 1_000_000 });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const slow = await listenTo(`${url}/api/v1/live`);
    const quick = await listenTo(`${url}/api/v1/live`);
    slow.pause();
    // What the system's own buffers take does not count, so it needs some rounds.
    await vi.waitFor(
      () => {
        hub.changed(['a']);
        expect(hub.stats()).toMatchObject({ slowClients: 1, subscribers: 1 });
      },
      { timeout: 10_000, interval: 5 },
    );
    slow.resume();
    await vi.waitFor(() => expect(slow.isEnded()).toBe(true));
    expect(quick.isEnded()).toBe(false);
    await hub.close();
    await app.close();
  });
});
