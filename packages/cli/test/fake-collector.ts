/**
 * Stands in for `@slipstream/collector` in the bundled command: its contract with the command and nothing behind it,
 * so that tests of the command need neither a build nor a database.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Collector, CollectorSettings } from '@slipstream/collector';
import { makeStatus } from './status-fixture.js';

export const SETTING_DEFAULTS = { host: '127.0.0.1', port: 4318 };

export function readCollectorConfig(env: Readonly<Record<string, string | undefined>>): CollectorSettings {
  if (env.SLIPSTREAM_COLLECTOR_HOST === '0.0.0.0' && env.SLIPSTREAM_COLLECTOR_TOKEN === undefined) {
    throw Object.assign(new Error('The configuration is wrong:\n  - a token is needed'), { code: 'INVALID_CONFIG' });
  }
  return {
    dataDirectory: env.SLIPSTREAM_COLLECTOR_DATA_DIR ?? '.slipstream',
    host: env.SLIPSTREAM_COLLECTOR_HOST,
    port: Number(env.SLIPSTREAM_COLLECTOR_PORT ?? SETTING_DEFAULTS.port),
    token: env.SLIPSTREAM_COLLECTOR_TOKEN,
    queueUrl: env.SLIPSTREAM_QUEUE,
    storeUrl: env.SLIPSTREAM_STORE,
    grpcPort: env.SLIPSTREAM_COLLECTOR_GRPC_PORT === undefined ? undefined : Number(env.SLIPSTREAM_COLLECTOR_GRPC_PORT),
  };
}

export async function createCollector(settings: CollectorSettings): Promise<Collector> {
  if (settings.dataDirectory.endsWith('locked')) {
    throw Object.assign(new Error('Another collector uses it.'), { code: 'DATA_DIRECTORY_LOCKED' });
  }
  // Only to show what arrived; the real one never tells an address that may hold a password.
  if (settings.queueUrl !== undefined) process.stderr.write(`queue ${settings.queueUrl}, store ${settings.storeUrl}\n`);
  if (settings.dataDirectory.endsWith('broken')) throw new TypeError('nobody foresaw this');
  // Two looks until the queue is empty: the command has to look again.
  const backlogs = [3, 0];
  const server = createServer((_request, response) => response.end(JSON.stringify(makeStatus())));
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: settings.port }, resolve));
  return {
    grpcUrl: settings.grpcPort === undefined ? undefined : `http://127.0.0.1:${settings.grpcPort}`,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    status: async () => makeStatus({ queue: { backlog: { store: backlogs.shift() ?? 0 } } }),
    close: async () => {
      process.stderr.write('collector closed\n');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
