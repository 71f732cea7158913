import { startRedisServer } from '@slipstream/testkit';
import type { SinkReply, SinkRequest } from '../sink/protocol.js';
import { openRespClient } from './resp-client.js';
import { createStreamCounter } from './stream-counter.js';

// A Redis in the sink's place: it speaks the sink process's protocol, and counts what stands in the stream.
const server = await startRedisServer();
const client = await openRespClient(server.port);
const counter = createStreamCounter(client);

function reply(message: SinkReply): void {
  process.send?.(message);
}

async function answer({ type }: SinkRequest): Promise<void> {
  if (type === 'reset') await counter.reset();
  reply({ type: 'counts', counts: await counter.counts() });
}

async function stop(): Promise<void> {
  client.close();
  await server.close();
}

process.on('message', (request: SinkRequest) => {
  if (request.type === 'stop') process.disconnect();
  else void answer(request);
});
process.on('disconnect', () => void stop().finally(() => process.exit(0)));

reply({ type: 'listening', url: server.url });
