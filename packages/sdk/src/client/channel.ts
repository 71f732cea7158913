import type { ClientSettings } from '../options.js';
import { maxRecordBytes } from '../record/record-writer.js';
import { allocateRing, type RingMemory } from '../ring/layout.js';
import { RingWriter } from '../ring/ring-writer.js';
import { SDK_VERSION } from '../version.js';
import { Recorder } from './recorder.js';
import { WorkerHost } from './worker-host.js';

/** One ring with its recorder and its worker: the way of a span out of the application's thread. */
export interface Channel {
  readonly memory: RingMemory;
  readonly recorder: Recorder;
  readonly host: WorkerHost;
  readonly exitTimeoutMs: number;
}

export function openChannel(settings: ClientSettings, instanceId: string): Channel {
  const memory = allocateRing(settings.bufferBytes, maxRecordBytes(settings.maxCaptureBytes));
  const host = new WorkerHost(memory, {
    shared: memory.shared,
    capacityBytes: memory.capacityBytes,
    timeOriginMs: performance.timeOrigin,
    url: settings.url,
    headers: settings.headers,
    service: settings.service,
    instanceId,
    environment: settings.environment,
    release: settings.release,
    version: settings.version,
    sdkVersion: SDK_VERSION,
    pid: process.pid,
    drainIntervalMs: settings.drainIntervalMs,
    batchAgeMs: settings.batchAgeMs,
    retryBufferBytes: settings.retryBufferBytes,
    lowerPriority: process.platform === 'linux',
  });
  const ring = new RingWriter(memory, host.wake);
  const recorder = new Recorder(ring, settings.maxCaptureBytes, settings.sampleRate);
  host.onRestart = recorder.onNewConsumer;
  return { memory, recorder, host, exitTimeoutMs: settings.exitTimeoutMs };
}
