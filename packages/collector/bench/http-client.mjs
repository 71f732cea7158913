// The measurements' way to talk to a collector: connections that are kept, and the whole answer.
import { Agent, request } from 'node:http';

/** @param {{ maxSockets?: number }} options */
export function createHttpClient({ maxSockets = Number.POSITIVE_INFINITY } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const call = (url, { method = 'GET', body, headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, agent }, (incoming) => {
        const chunks = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ status: incoming.statusCode, body: Buffer.concat(chunks) }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return {
    call,
    getJson: async (url) => JSON.parse((await call(url)).body.toString()),
    close: () => agent.destroy(),
  };
}
