/**
 * Delivery without a worker: the same pipeline, on the application's thread. In the package a file of its own, which
 * is loaded only where it is needed.
 */
import { builtin } from '../runtime.js';
import { maskEngine } from '../worker/mask/engine.js';
import { openTransport } from '../worker/open-transport.js';
import { createPipeline } from '../worker/pipeline.js';
import type { WorkerReply, WorkerSettings } from '../worker/protocol.js';
import { isRedisAddress } from '../worker/redis-transport.js';
import { createFetchTransport } from './fetch-transport.js';
import { SliceLoop } from './slice-loop.js';
import { untraced } from './untraced.js';

/** Begins to deliver what comes into the ring of these settings, until the ring says that it closes. */
export function startInline(settings: WorkerSettings, reply: (reply: WorkerReply) => void): SliceLoop {
  return untraced(() => {
    const usesNode = isRedisAddress(settings.url) || isNode();
    const transport = usesNode ? openTransport(settings) : createFetchTransport(settings);
    const loop = new SliceLoop(createPipeline(settings, { transport, reply, maskEngine }), settings.drainIntervalMs);
    loop.run();
    return loop;
  });
}

/** Edge runtimes imitate some of Node's modules; one that has its threads, allowed or not, has all of its sockets too. */
function isNode(): boolean {
  return builtin('node:http') !== undefined && builtin('node:worker_threads') !== undefined;
}
