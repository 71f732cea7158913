import type { ClientSettings } from '../options.js';
import { maxRecordBytes } from '../record/record-writer.js';
import { allocateRing, type RingMemory } from '../ring/layout.js';
import { RingWriter } from '../ring/ring-writer.js';
import { warn } from '../runtime.js';
import { SDK_VERSION } from '../version.js';
import type { WorkerSettings } from '../worker/protocol.js';
import type { Host } from './host.js';
import { InlineHost } from './inline-host.js';
import { Recorder } from './recorder.js';
import { findRedisModule } from './redis-module.js';
import { handedOverAndUndecided } from './stats.js';
import { WorkerHost } from './worker-host.js';

/** One ring with its recorder and whoever delivers what is in it: the way of a span out of the application's thread. */
export interface Channel {
  readonly memory: RingMemory;
  readonly recorder: Recorder;
  /** Another one from the moment that a worker turned out to be impossible. */
  readonly host: Host;
  readonly exitTimeoutMs: number;
  /** Spans that have ended and are neither delivered nor dropped. */
  readonly pending: () => number;
}

/** @throws TypeError where there is no memory for the ring, or no `ioredis` for a Redis. */
export function openChannel(settings: ClientSettings, instanceId: string): Channel {
  const memory = allocateRing(settings.bufferBytes, maxRecordBytes(settings.maxCaptureBytes));
  const ring = new RingWriter(memory, () => channel.host.wake());
  const recorder = new Recorder(ring, settings.maxCaptureBytes, settings.sampleRate);
  recorder.captureOutput = settings.captureOutput;
  const shared = workerSettings(settings, memory, instanceId);
  const openInline = () => new InlineHost(memory, { ...shared, sharesThread: true, lowerPriority: false });
  const openWorker = () =>
    new WorkerHost(memory, shared, {
      onRestart: recorder.onNewConsumer,
      onUnusable: (reason) => {
        warnOfFallback(reason);
        channel.host = openInline();
      },
    });
  const host: Host = settings.transport === 'inline' ? openInline() : workerOrElse(openWorker, openInline);
  const pending = () => handedOverAndUndecided(memory.counts);
  const channel = { memory, recorder, host, exitTimeoutMs: settings.exitTimeoutMs, pending };
  return channel;
}

/** A permission model, a runtime without threads: slower for the application, and better than no traces. */
function workerOrElse(openWorker: () => Host, openInline: () => Host): Host {
  try {
    return openWorker();
  } catch (error) {
    warnOfFallback(error instanceof Error ? error.message : String(error));
    return openInline();
  }
}

function warnOfFallback(reason: string): void {
  warn(
    `Slipstream cannot start its worker, so traces are sent from the application's own thread: ${reason}. ` +
      "Allow worker threads, or say transport: 'inline' to have it without this warning.",
    'SLIPSTREAM_NO_WORKER',
  );
}

function workerSettings(settings: ClientSettings, memory: RingMemory, instanceId: string): WorkerSettings {
  return {
    shared: memory.shared,
    capacityBytes: memory.capacityBytes,
    timeOriginMs: performance.timeOrigin,
    url: settings.url,
    redisModulePath: findRedisModule(settings.url),
    project: settings.project,
    headers: settings.headers,
    service: settings.service,
    instanceId,
    environment: settings.environment,
    release: settings.release,
    version: settings.version,
    sdkVersion: SDK_VERSION,
    pid: globalThis.process?.pid ?? 0,
    drainIntervalMs: settings.drainIntervalMs,
    batchAgeMs: settings.batchAgeMs,
    retryBufferBytes: settings.retryBufferBytes,
    mask: settings.mask,
    captureMedia: settings.captureMedia,
    lowerPriority: globalThis.process?.platform === 'linux',
    sharesThread: false,
  };
}
