/** A collector process that is killed at random moments loses nothing that it acknowledged, and doubles nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Status, statusSchema, traceDetailSchema } from '@slipstream/query-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BundledCollector, bundleCollector } from './support/bundle-collector.js';
import { type CollectorProcess, runToEnd, startProcess } from './support/collector-process.js';
import { send } from './support/http-client.js';
import { makeSpan, newTraceId, PROTOBUF, toProtobuf } from './support/spans.js';

const ROUNDS = Number(process.env.SLIPSTREAM_CRASH_ROUNDS ?? '3');
const SENDERS = 4;
const SPANS_PER_REQUEST = 10;
const MAX_LIFE_MS = 600;
const ROUND_TIMEOUT_MS = 20_000;

/** What was sent, and what of it was acknowledged. */
interface Obligation {
  readonly traceId: string;
  readonly spanIds: readonly string[];
  readonly body: Buffer;
  isAcknowledged: boolean;
}

let bundle: BundledCollector;
let dataDirectory: string;
let collector: CollectorProcess | undefined;

beforeAll(async () => {
  bundle = await bundleCollector();
});

afterAll(async () => {
  await bundle.remove();
});

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-crash-'));
});

afterEach(async () => {
  await collector?.end('SIGKILL');
  await rm(dataDirectory, { recursive: true, force: true });
});

async function start(): Promise<CollectorProcess> {
  collector = await startProcess(bundle.mainPath, { SLIPSTREAM_COLLECTOR_DATA_DIR: dataDirectory });
  return collector;
}

function makeObligation(): Obligation {
  const traceId = newTraceId();
  const spans = Array.from({ length: SPANS_PER_REQUEST }, (_, index) =>
    makeSpan({ traceId, name: `span ${index}`, attributes: { 'langfuse.observation.input': 'x'.repeat(1000) } }),
  );
  return { traceId, spanIds: spans.map(({ spanId }) => spanId), body: toProtobuf(...spans), isAcknowledged: false };
}

/** Resolves with whether a 2xx arrived; a collector that dies is no error here. */
function post(url: string, body: Buffer, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request(`${url}/v1/traces`, { method: 'POST', headers: PROTOBUF, agent }, (incoming) => {
      incoming.resume();
      incoming.on('error', () => resolve(false));
      incoming.on('end', () => resolve(incoming.statusCode === 200));
    });
    outgoing.on('error', () => resolve(false));
    outgoing.end(body);
  });
}

/** First repeats what was not acknowledged, as an SDK does, then sends new spans until the collector is gone. */
async function sendUntilDeath(url: string, ledger: Obligation[], isAlive: () => boolean): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  const repeats = ledger.filter(({ isAcknowledged }) => !isAcknowledged);
  const sender = async () => {
    while (isAlive()) {
      let obligation = repeats.pop();
      if (obligation === undefined) {
        obligation = makeObligation();
        ledger.push(obligation);
      }
      obligation.isAcknowledged = await post(url, obligation.body, agent);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  agent.destroy();
}

const statusOf = async (url: string): Promise<Status> =>
  statusSchema.parse((await send(`${url}/api/v1/status`)).json());

async function waitForDelivery(url: string): Promise<void> {
  await vi.waitFor(async () => expect((await statusOf(url)).queue.backlog).toEqual({ store: 0 }), {
    timeout: 15_000,
    interval: 100,
  });
}

describe('a collector process', () => {
  it(
    `has every acknowledged span exactly once after ${ROUNDS} kills`,
    async () => {
      const ledger: Obligation[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const victim = await start();
        let isAlive = true;
        const sending = sendUntilDeath(victim.url, ledger, () => isAlive);
        await delay(Math.random() * MAX_LIFE_MS);
        await victim.end('SIGKILL');
        isAlive = false;
        await sending;
      }
      const { url } = await start();
      const agent = new Agent({ keepAlive: true });
      for (const obligation of ledger) {
        if (!obligation.isAcknowledged) expect(await post(url, obligation.body, agent)).toBe(true);
      }
      agent.destroy();
      await waitForDelivery(url);

      expect(ledger.length).toBeGreaterThan(ROUNDS);
      for (const { traceId, spanIds } of ledger) {
        const response = await send(`${url}/api/v1/traces/${traceId}`);
        expect(response.status, `trace ${traceId} was acknowledged and is lost`).toBe(200);
        const detail = traceDetailSchema.parse(response.json());
        expect(detail.observations.map(({ spanId }) => spanId).sort()).toEqual([...spanIds].sort());
      }
      const { store, queue } = await statusOf(url);
      expect(store).toMatchObject({ spans: ledger.length * SPANS_PER_REQUEST, traces: ledger.length });
      expect(queue.quarantinedRecords).toBe(0);
    },
    (ROUNDS + 2) * ROUND_TIMEOUT_MS,
  );

  it.skipIf(process.platform === 'win32')('ends with 0 on SIGTERM and SIGINT, with everything delivered', async () => {
    for (const [index, signal] of (['SIGTERM', 'SIGINT'] as const).entries()) {
      const { url, end } = await start();
      const { store, queue } = await statusOf(url);
      expect(store.spans).toBe(index * SPANS_PER_REQUEST);
      expect(queue.backlog).toEqual({ store: 0 });
      const agent = new Agent({ keepAlive: true });
      expect(await post(url, makeObligation().body, agent)).toBe(true);
      agent.destroy();
      expect(await end(signal)).toBe(0);
    }
  });

  it('ends with 1 and says why when the data directory is in use, and when the configuration is wrong', async () => {
    const { pid } = await start();
    const second = await runToEnd(bundle.mainPath, { SLIPSTREAM_COLLECTOR_DATA_DIR: dataDirectory });
    expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`process ${pid}`) });
    const third = await runToEnd(bundle.mainPath, { SLIPSTREAM_COLLECTOR_PORT: 'x' });
    expect(third).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SLIPSTREAM_COLLECTOR_PORT') });
  });
});
