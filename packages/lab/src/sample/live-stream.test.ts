import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { followTraces } from './live-stream.js';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A collector's live stream, as far as it is needed here. */
async function openStream(): Promise<{ readonly url: string; readonly send: (event: string) => void }> {
  let open: ServerResponse | undefined;
  const server = createServer((_request, response) => {
    open = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: hello\ndata: {}\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/live`,
    send: (event) => open?.write(event),
  };
}

const traceEvent = (trace: object): string => `event: trace\ndata: ${JSON.stringify(trace)}\n\n`;

test('a trace is seen once the stream shows it as ended, also when that was before anybody waited', async () => {
  const { url, send } = await openStream();
  const live = await followTraces(url);
  send(traceEvent({ name: 'early', running: false }));
  send(traceEvent({ name: 'open', running: true }));
  // In two pieces, as a socket may deliver it.
  const late = traceEvent({ name: 'late', running: false });
  send(late.slice(0, 20));
  send(late.slice(20));
  await live.seen('late', 10_000);
  await live.seen('early', 10_000);
  await expect(live.seen('open', 50)).rejects.toThrow('"open" was not in the live stream within 50 ms');
  await live.close();
});
