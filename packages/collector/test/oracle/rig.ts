/** A collector with everything around it: senders' ledger, queue, store, and a backend that spans are forwarded to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '@slipstream/testkit';
import { Backend } from './backend.js';
import type { FaultyLink } from './faulty-link.js';
import { Victim } from './victim.js';

export interface Setup {
  readonly name: string;
  readonly queue: 'segments' | 'redis';
  readonly store: 'duckdb' | 'clickhouse';
}

/** A store that is reached over a link which can fail. */
export interface RemoteStore {
  readonly url: string;
  readonly link: FaultyLink;
  close(): Promise<void>;
}

export interface Rig {
  readonly victim: Victim;
  readonly backend: Backend;
  readonly redis: RedisServer | undefined;
  readonly storeLink: FaultyLink | undefined;
  close(): Promise<void>;
}

export async function openRig(setup: Setup, mainPath: string, openStore: () => Promise<RemoteStore>): Promise<Rig> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-oracle-'));
  const backend = new Backend();
  await backend.start();
  const redis = setup.queue === 'redis' ? await RedisServer.open() : undefined;
  const remote = setup.store === 'clickhouse' ? await openStore() : undefined;
  const victim = new Victim(mainPath, {
    SLIPSTREAM_COLLECTOR_DATA_DIR: dataDirectory,
    SLIPSTREAM_COLLECTOR_GRPC_PORT: 'off',
    SLIPSTREAM_FORWARD: 'backend',
    SLIPSTREAM_FORWARD_BACKEND_URL: backend.url,
    SLIPSTREAM_FORWARD_BACKEND_TIMEOUT_MS: '1000',
    ...(redis === undefined ? {} : { SLIPSTREAM_QUEUE: redis.url }),
    ...(remote === undefined ? {} : { SLIPSTREAM_STORE: remote.url }),
  });
  await victim.start();
  return {
    victim,
    backend,
    redis,
    storeLink: remote?.link,
    async close() {
      await victim.kill();
      await backend.close();
      await redis?.close();
      await remote?.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
