/** ClickHouse's engine behind a link that can fail. */
import { ClickHouseServer, isChdbThere } from '../support/clickhouse-server.js';
import { FaultyLink } from './faulty-link.js';
import type { RemoteStore } from './rig.js';

export const isClickHouseThere = isChdbThere;

export async function openClickHouse(): Promise<RemoteStore> {
  const server = await ClickHouseServer.open();
  const link = new FaultyLink(server.port);
  await link.start();
  return {
    url: `clickhouse://default:@127.0.0.1:${link.port}/oracle`,
    link,
    async close() {
      await link.close();
      await server.close();
    },
  };
}
