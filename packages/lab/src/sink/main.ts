import type { SinkReply, SinkRequest, SinkTask } from './protocol.js';
import { startSink } from './server.js';

const task = JSON.parse(process.argv[2] ?? '{}') as SinkTask;
const sink = await startSink(task.fault, task.countsLabels);

function reply(message: SinkReply): void {
  process.send?.(message);
}

process.on('message', (request: SinkRequest) => {
  if (request.type === 'stop') {
    process.disconnect();
    void sink.close();
    return;
  }
  if (request.type === 'reset') sink.reset();
  reply({ type: 'counts', counts: sink.counts() });
});
process.on('disconnect', () => void sink.close());

reply({ type: 'listening', url: sink.url });
