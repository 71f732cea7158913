import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCollector } from '@slipstream/collector';
import type { SinkCounts } from '../sink/counts.js';
import type { SinkReply, SinkRequest } from '../sink/protocol.js';

// A collector in the sink's place: it speaks the sink process's protocol, and counts what its store has.
const dataDirectory = await mkdtemp(join(tmpdir(), 'lab-collector-'));
const collector = await createCollector({ dataDirectory, port: 0 });

/** Spans that were taken before the last reset. What was taken may still be on its way into the store. */
let takenBefore = 0;

function reply(message: SinkReply): void {
  process.send?.(message);
}

async function readCounts(): Promise<SinkCounts> {
  const { receiver, store } = await collector.status();
  return {
    distinctSpans: Math.max(0, store.spans - takenBefore),
    spans: receiver.acceptedSpans - takenBefore,
    requests: receiver.requests,
    wireBytes: 0,
    bodyBytes: 0,
    otherRequests: 0,
    malformed: receiver.rejectedSpans,
  };
}

async function answer({ type }: SinkRequest): Promise<void> {
  if (type === 'reset') takenBefore = (await collector.status()).receiver.acceptedSpans;
  reply({ type: 'counts', counts: await readCounts() });
}

async function stop(): Promise<void> {
  await collector.close();
  await rm(dataDirectory, { recursive: true, force: true });
}

process.on('message', (request: SinkRequest) => {
  if (request.type === 'stop') process.disconnect();
  else void answer(request);
});
process.on('disconnect', () => void stop().finally(() => process.exit(0)));

reply({ type: 'listening', url: collector.url });
