import { createHttpTransport } from './http-transport.js';
import type { WorkerSettings } from './protocol.js';
import { createRedisTransport, isRedisAddress } from './redis-transport.js';
import type { Transport } from './transport.js';

/** The transport that the address asks for. */
export function openTransport(settings: WorkerSettings): Transport {
  return isRedisAddress(settings.url) ? createRedisTransport(settings) : createHttpTransport(settings);
}
