import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSegmentQueue } from './segment-queue.js';
import { describeQueue } from './suite.js';

const SEGMENT_BYTES = 256 * 1024;

describeQueue('the segment queue', 'private', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipstream-queue-'));
  return {
    open: () => createSegmentQueue({ directory, maxSegmentBytes: SEGMENT_BYTES }),
    destroy: () => rm(directory, { recursive: true, force: true }),
    tooLargeBytes: SEGMENT_BYTES,
  };
});
