// Where the spans of a shared queue end: ClickHouse's engine, or a backend that takes everything.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHDB = fileURLToPath(new URL('../chdb/', import.meta.url));
const DATABASE = 'shared';

export const isChdbThere = existsSync(join(CHDB, 'node_modules', 'chdb', 'package.json'));

/** ClickHouse in a process of its own; its store destination is the one that counts. */
export async function openStoreEnd(directory) {
  const child = spawn(process.execPath, [join(CHDB, 'server.mjs'), directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line).trim());
  const ask = async (sql) =>
    (await fetch(`http://127.0.0.1:${port}/?database=${DATABASE}`, { method: 'POST', body: sql })).text();
  return {
    group: 'store',
    skippedGroups: [],
    pid: child.pid,
    environment: { SLIPSTREAM_STORE: `clickhouse://default:@127.0.0.1:${port}/${DATABASE}` },
    /** @returns what is wrong, or nothing */
    async check(spans) {
      const [count, distinct, listed] = [
        await ask('SELECT count() FROM observations FORMAT TSV'),
        await ask('SELECT uniqExact(trace_id, span_id) FROM observations FORMAT TSV'),
        await ask('SELECT sum(observation_count) FROM traces FORMAT TSV'),
      ].map(Number);
      if (count === spans && distinct === spans && listed === spans) return [];
      return [`${spans} spans were given; ${count} are stored, ${distinct} different ones, ${listed} in the list`];
    },
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A backend that acknowledges; the store is told that it has had everything. */
export async function openSinkEnd() {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    group: 'sink',
    skippedGroups: ['store'],
    // The sink lives in this process, which does little else while it measures.
    pid: process.pid,
    environment: {
      SLIPSTREAM_FORWARD: 'sink',
      SLIPSTREAM_FORWARD_SINK_URL: `http://127.0.0.1:${server.address().port}`,
    },
    async check(spans, collectors) {
      let delivered = 0;
      for (const { url } of collectors) {
        const { destinations } = await (await fetch(`${url}/api/v1/destinations`)).json();
        delivered += destinations.find(({ name }) => name === 'sink').deliveredSpans;
      }
      return delivered === spans ? [] : [`${spans} spans were given; ${delivered} were delivered`];
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
