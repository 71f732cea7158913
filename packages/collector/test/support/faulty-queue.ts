import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { AppendResult, Queue } from '../../src/queue/contract.js';
import { RECORD_HEADER_BYTES } from '../../src/queue/record.js';
import { createSegmentQueue, type SegmentQueueSettings } from '../../src/queue/segment-queue.js';
import { type FaultySettings, faultyFileSystem } from './faulty-file-system.js';

const TENANT = 'default';
const CONTENT_TYPE = 'application/x-protobuf';

/** How long the record of a text is, as {@link useFaultyQueue} appends it. */
export const recordBytesOf = (text: string) =>
  RECORD_HEADER_BYTES + TENANT.length + CONTENT_TYPE.length + Buffer.byteLength(text);

export function append(target: Queue, text: string): Promise<AppendResult> {
  return target.append({ tenant: TENANT, contentType: CONTENT_TYPE, payload: Buffer.from(text) });
}

/** A queue in a folder of its own for each test, on a disk that can be made to fail. */
export function useFaultyQueue() {
  let directory: string;
  let queue: Queue | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipstream-queue-'));
  });

  afterEach(async () => {
    await queue?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function open(faults: FaultySettings = {}, settings: Partial<SegmentQueueSettings> = {}): Promise<Queue> {
    queue = await createSegmentQueue({ directory, faultRetryMs: 5, fs: faultyFileSystem(faults), ...settings });
    return queue;
  }

  async function segmentNames(): Promise<string[]> {
    return (await readdir(directory)).filter((name) => name.startsWith('segment-')).sort();
  }

  return { open, segmentNames, directory: () => directory };
}
