/** Third-party instrumentation over two processes: http, Fastify, undici, and `observe` between and below them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArrivedSpan, attributesOf, type Collector, startCollector } from './support/collector.js';

const APP = fileURLToPath(new URL('./apps/server.mjs', import.meta.url));
const PRELOAD = new URL('./apps/api-version.mjs', import.meta.url).href;

interface Ready {
  readonly url: string;
  readonly isRegistered: boolean;
  readonly apiVersion: string;
}

let collector: Collector;
const services: ChildProcess[] = [];

beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  for (const service of services.splice(0)) service.kill('SIGKILL');
  await collector.close();
});

async function start(role: string, upstream: string, apiVersion: string, execPath: string): Promise<Ready> {
  const service = fork(APP, [role, upstream], {
    execPath,
    execArgv: ['--import', PRELOAD],
    env: { ...process.env, SLIPSTREAM_URL: collector.url, SLIPSTREAM_EXIT_TIMEOUT_MS: '10000', OTEL_API: apiVersion },
  });
  services.push(service);
  const [ready] = (await once(service, 'message')) as [Ready];
  return ready;
}

/** Ends the services, which deliver what they have. */
async function stop(): Promise<void> {
  await Promise.all(
    services.map(async (service) => {
      const exit = once(service, 'exit');
      service.disconnect();
      expect(await exit).toEqual([0, null]);
    }),
  );
}

/** Names from the leaf up to the root. */
function pathOf(leaf: ArrivedSpan, spans: readonly ArrivedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === leaf.parentSpanId);
  return [labelOf(leaf), ...(parent === undefined ? [] : pathOf(parent, spans))];
}

function labelOf({ name, kind, scope, resource }: ArrivedSpan): string {
  return `${attributesOf(resource)['service.name']}: ${scope.name.split('/').at(-1)} ${name} ${kind}`;
}

const [INTERNAL, SERVER, CLIENT] = [1, 2, 3];

async function checkOneTrace(apiVersion: string, execPath: string): Promise<void> {
  const back = await start('back', '', apiVersion, execPath);
  const front = await start('front', back.url, apiVersion, execPath);
  expect(front).toMatchObject({ isRegistered: true, apiVersion: expect.stringMatching(new RegExp(`^${apiVersion}`)) });
  const answers = await Promise.all(
    ['one', 'two', 'three'].map(async (question) => (await fetch(`${front.url}/ask/${question}`)).json()),
  );
  expect(answers).toEqual(['one', 'two', 'three'].map((question) => ({ answer: `answer to ${question}` })));
  await stop();
  const spans = collector.spans();
  const leaves = spans.filter(({ name }) => name === 'answer');
  expect(leaves).toHaveLength(3);
  for (const leaf of leaves) {
    const path = pathOf(leaf, spans);
    expect(path).toEqual([
      `back: back answer ${INTERNAL}`,
      `back: slipstream work ${INTERNAL}`,
      `back: instrumentation-http GET ${SERVER}`,
      `front: instrumentation-undici GET ${CLIENT}`,
      `front: slipstream lookup ${INTERNAL}`,
      expect.stringMatching(/^front: otel .*handler.* 1$/),
      `front: otel request ${INTERNAL}`,
      `front: instrumentation-http GET /ask/:question ${SERVER}`,
    ]);
    expect(new Set(spans.filter(({ traceId }) => traceId === leaf.traceId)).size).toBeGreaterThanOrEqual(path.length);
  }
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
  const server = spans.find(({ name }) => name === 'GET /ask/:question');
  expect(attributesOf(server as ArrivedSpan)).toMatchObject({ 'http.route': '/ask/:question' });
}

describe('a request through two servers is one trace', () => {
  it.each(['1.9', '1.10'])('on @opentelemetry/api %s', (apiVersion) => checkOneTrace(apiVersion, process.execPath));

  const versions = ['node-22', 'node-24', 'node-26'].map((name) => {
    const url = new URL(`../node-versions/node_modules/${name}/bin/node`, import.meta.url);
    return { name, path: fileURLToPath(url), isThere: existsSync(url) };
  });
  for (const { name, path, isThere } of versions) {
    it.skipIf(!isThere)(`on ${name}, whose binary comes with the compatibility tests`, () =>
      checkOneTrace('1.9', path),
    );
  }
});
