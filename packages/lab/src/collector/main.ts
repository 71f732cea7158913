import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCollector } from '@slipstream/collector';
import type { SinkCounts } from '../sink/counts.js';
import type { SinkReply, SinkRequest } from '../sink/protocol.js';

// A collector in the sink's place: it speaks the sink process's protocol, and counts what its store has.
const dataDirectory = await mkdtemp(join(tmpdir(), 'lab-collector-'));
const collector = await createCollector({ dataDirectory, port: 0 });

function reply(message: SinkReply): void {
  process.send?.(message);
}

async function readCounts(): Promise<SinkCounts> {
  const { receiver, store } = await collector.status();
  return {
    distinctSpans: store.spans,
    spans: receiver.acceptedSpans,
    requests: receiver.requests,
    wireBytes: 0,
    bodyBytes: 0,
    otherRequests: 0,
    malformed: receiver.rejectedSpans,
  };
}

async function stop(): Promise<void> {
  await collector.close();
  await rm(dataDirectory, { recursive: true, force: true });
}

process.on('message', (request: SinkRequest) => {
  if (request.type === 'stop') process.disconnect();
  else void readCounts().then((counts) => reply({ type: 'counts', counts }));
});
process.on('disconnect', () => void stop().finally(() => process.exit(0)));

reply({ type: 'listening', url: collector.url });
