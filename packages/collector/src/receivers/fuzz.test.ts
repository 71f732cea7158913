/**
 * Every receiver, given anything. Short and seeded in a normal run; `SLIPSTREAM_FUZZ_SECONDS=60` gives each that long,
 * with a new seed, which a failure names.
 */
import { connect, constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { send } from '../../test/support/http-client.js';
import { JSON_TYPE, makeSpan, PROTOBUF, toJson, toProtobuf } from '../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';

const seconds = Number(process.env.SLIPSTREAM_FUZZ_SECONDS ?? 0);
const SEED = 20_260_101;
const RUNS = 100;
/** Far above what one run needs, far below what a leak of bodies over a minute amounts to. */
const MAX_GROWTH_BYTES = 512 * 1024 * 1024;

let collector: TestCollector;
let residentBytes: number;

beforeAll(async () => {
  collector = await startCollector({ grpcPort: 0 });
  residentBytes = process.memoryUsage.rss();
});

afterAll(async () => {
  await collector.destroy();
});

async function holds<T>(property: fc.IAsyncProperty<T>): Promise<void> {
  const parameters =
    seconds > 0
      ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false }
      : { numRuns: RUNS, seed: SEED };
  await fc.assert(property, parameters);
  expect((await send(`${collector.url}/ready`)).status).toBe(200);
  // The last of a run that was interrupted may be under way.
  await vi.waitFor(async () => {
    expect((await send(`${collector.url}/metrics`)).text).toContain('slipstream_receiver_inflight_bytes 0\n');
  });
  expect(collector.lines).toEqual([]);
  expect(process.memoryUsage.rss() - residentBytes).toBeLessThan(MAX_GROWTH_BYTES);
}

const TIMEOUT_MS = 60_000 + seconds * 1000;

/** A good body in which some bytes were changed, cut out or doubled. */
function mutated(good: Buffer): fc.Arbitrary<Buffer> {
  const change = fc.tuple(fc.nat(good.byteLength - 1), fc.integer({ min: 0, max: 255 }));
  const changes = fc.array(change, { minLength: 1, maxLength: 5 }).map((list) => {
    const body = Buffer.from(good);
    for (const [at, byte] of list) body[at] = byte;
    return body;
  });
  const cut = fc.nat(good.byteLength).map((at) => good.subarray(0, at));
  const doubled = fc.nat(good.byteLength).map((at) => Buffer.concat([good, good.subarray(at)]));
  return fc.oneof({ weight: 4, arbitrary: changes }, cut, doubled);
}

const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const packing = fc.constantFrom('plain', 'gzip', 'gzip in parts', 'broken gzip');

function pack(body: Buffer, how: string): { body: Buffer; headers: Record<string, string> } {
  const headers: Record<string, string> = how === 'plain' ? {} : { 'content-encoding': 'gzip' };
  const half = Math.floor(body.byteLength / 2);
  if (how === 'gzip') return { body: gzipSync(body), headers };
  if (how !== 'gzip in parts') return { body, headers };
  return { body: Buffer.concat([gzipSync(body.subarray(0, half)), gzipSync(body.subarray(half))]), headers };
}

/** Names that are dangerous in one language or another. */
const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'length', '', 'a.b', '<script>'),
  fc.string({ maxLength: 10 }),
);
const { value: anyJson } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('list'), tie('object')),
  leaf: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.double(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constantFrom(null, '\ud800', '1e999', '2026-01-01T00:00:00Z', 'ERROR', 'x'.repeat(1001)),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(ownObject),
}));

/** `__proto__` becomes a member like any other, as JSON has it. */
function ownObject(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

/** An object that has some of the names that are expected, with anything as their values. */
function nearly(names: readonly string[], good: fc.Arbitrary<unknown> = anyJson): fc.Arbitrary<object> {
  const member = fc.tuple(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...names) }, key),
    fc.oneof({ weight: 3, arbitrary: good }, anyJson),
  );
  return fc.array(member, { maxLength: names.length }).map(ownObject);
}

const plausible = fc.oneof(
  fc.constantFrom('0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331', 'id', '2026-01-01T00:00:00.000Z', 'n'),
  fc.constantFrom(1, 0, -1, 1.5, true, 'DEBUG', 'GENERATION'),
  fc.record({ input: fc.nat(), total: fc.integer(), prompt_tokens: fc.nat() }, { requiredKeys: [] }),
);

describe('every receiver, given anything', () => {
  it.each([
    ['protobuf', PROTOBUF, toProtobuf(makeSpan({ attributes: { key: ['a', 1n, true] } }))],
    ['JSON', JSON_TYPE, toJson(makeSpan({ attributes: { key: ['a', 1n, true] } }))],
  ])(
    'OTLP over HTTP as %s answers 200 or 400',
    async (_name, type, good) => {
      await holds(
        fc.asyncProperty(fc.oneof(anyBytes, mutated(good)), packing, async (bytes, how) => {
          const { body, headers } = pack(bytes, how);
          const { status } = await send(`${collector.url}/v1/traces`, { body, headers: { ...type, ...headers } });
          expect([200, 400]).toContain(status);
        }),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'OTLP as JSON of nearly the right shape answers 200 or 400',
    async () => {
      const span = nearly(
        ['traceId', 'spanId', 'parentSpanId', 'name', 'kind', 'startTimeUnixNano', 'attributes', 'events', 'status'],
        plausible,
      );
      const body = fc.record({
        resourceSpans: fc.array(
          fc.record({
            scopeSpans: fc.array(fc.record({ spans: fc.array(fc.oneof(span, anyJson)), scope: anyJson })),
            resource: anyJson,
          }),
          { maxLength: 2 },
        ),
      });
      await holds(
        fc.asyncProperty(body, async (request) => {
          const { status } = await send(`${collector.url}/v1/traces`, {
            body: JSON.stringify(request),
            headers: JSON_TYPE,
          });
          expect([200, 400]).toContain(status);
        }),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'OTLP over gRPC answers a status, or ends the connection of who speaks no HTTP/2',
    async () => {
      const good = toProtobuf(makeSpan());
      const framed = Buffer.concat([Buffer.of(0, 0, 0, 0, good.byteLength), good]);
      const encoding = fc.constantFrom('identity', 'gzip', 'deflate', '', 'x'.repeat(50));
      const timeout = fc.constantFrom(undefined, '1S', '50m', '0n', '99999999H', '-1S', 'S', '1x');
      await holds(
        fc.asyncProperty(
          fc.oneof(anyBytes, mutated(framed)),
          encoding,
          timeout,
          fc.boolean(),
          async (body, how, after, isReset) => {
            const status = await callRaw(body, how, after, isReset);
            expect(status).toMatch(/^(\d{1,2}|reset)$/);
          },
        ),
      );
    },
    TIMEOUT_MS,
  );

  it(
    "Langfuse's ingestion, scores among it, answers 207 with a status for each event, or 400",
    async () => {
      const types = [
        'trace',
        'score',
        'span',
        'generation',
        'event',
        'agent',
        'observation',
        'dataset-run-item',
      ].flatMap((each) => [`${each}-create`, `${each}-update`]);
      const event = fc.record({
        id: fc.oneof(fc.uuid(), anyJson),
        type: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...types, 'sdk-log') }, anyJson),
        timestamp: fc.oneof(
          {
            weight: 9,
            arbitrary: fc
              .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
              .map((date) => date.toISOString()),
          },
          anyJson,
        ),
        body: fc.oneof({ weight: 9, arbitrary: eventBody }, anyJson),
      });
      const batch = fc.array(fc.oneof({ weight: 9, arbitrary: event }, anyJson), { maxLength: 8 });
      await holds(
        fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: batch }, anyJson), packing, async (events, how) => {
          const { body, headers } = pack(Buffer.from(JSON.stringify({ batch: events })), how);
          const response = await send(`${collector.url}/api/public/ingestion`, {
            body,
            headers: { ...JSON_TYPE, ...headers },
          });
          expect([207, 400]).toContain(response.status);
          if (response.status === 400) return;
          const { successes, errors } = response.json() as { successes: unknown[]; errors: unknown[] };
          expect(successes.length + errors.length).toBe((events as unknown[]).length);
        }),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'the books answer 204, 400 or 415',
    async () => {
      const names = [
        'schemaVersion',
        'instanceId',
        'service',
        'pid',
        'startedAtMs',
        'reportedAtMs',
        'final',
        'started',
        'dropped',
      ];
      const body = fc.oneof(
        nearly(names).map((report) => Buffer.from(JSON.stringify(report))),
        anyBytes,
      );
      await holds(
        fc.asyncProperty(body, async (bytes) => {
          const { status } = await send(`${collector.url}/v1/slipstream/books`, { body: bytes, headers: JSON_TYPE });
          expect([204, 400, 415]).toContain(status);
        }),
      );
    },
    TIMEOUT_MS,
  );
});

const isoTime = fc
  .date({ noInvalidDate: true, min: new Date('2026-01-01'), max: new Date('2026-01-02') })
  .map((date) => date.toISOString());
/** Few, so that events meet. */
const fewIds = fc.constantFrom('a', 'b', '0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331');
const goodMembers = {
  id: fewIds,
  traceId: fewIds,
  name: fc.constantFrom('n', '<b>', ''),
  startTime: isoTime,
  endTime: isoTime,
  timestamp: isoTime,
  completionStartTime: isoTime,
  input: anyJson,
  output: anyJson,
  metadata: anyJson,
  modelParameters: fc.dictionary(key, anyJson, { maxKeys: 3 }),
  usage: fc.record({ input: fc.nat(), total: fc.integer(), unit: key }, { requiredKeys: [] }),
  usageDetails: fc.dictionary(key, fc.oneof(fc.nat(), anyJson), { maxKeys: 4 }),
  costDetails: fc.dictionary(key, fc.double(), { maxKeys: 4 }),
  level: fc.constantFrom('DEBUG', 'DEFAULT', 'WARNING', 'ERROR'),
  statusMessage: fc.string(),
  parentObservationId: fewIds,
  observationId: fewIds,
  tags: fc.array(key, { maxLength: 3 }),
  public: fc.boolean(),
  type: fc.constantFrom('SPAN', 'GENERATION', 'EVENT'),
  value: fc.oneof(fc.double({ noNaN: true }), key),
};
/** Mostly right, so that it goes far; now and then with something else in one place. */
const eventBody = fc
  .tuple(
    fc.record(goodMembers, { requiredKeys: ['id', 'traceId'] }),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      fc.tuple(fc.oneof(fc.constantFrom(...Object.keys(goodMembers)), key), anyJson),
    ),
  )
  .map(([body, wrong]) => ownObject([...Object.entries(body), ...(wrong === null ? [] : [wrong])]));

function callRaw(body: Buffer, encoding: string, timeout: string | undefined, isReset: boolean): Promise<string> {
  const session = connect(collector.grpcUrl ?? '');
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      'content-type': 'application/grpc',
      ...(encoding === '' ? {} : { 'grpc-encoding': encoding }),
      ...(timeout === undefined ? {} : { 'grpc-timeout': timeout }),
    });
    let status: string | undefined;
    const note = (headers: { [name: string]: unknown }): void => {
      if (headers['grpc-status'] !== undefined) status = String(headers['grpc-status']);
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('error', () => undefined);
    stream.on('close', () => {
      session.close();
      resolve(status ?? (isReset ? 'reset' : 'nothing'));
    });
    stream.resume();
    if (!isReset) stream.end(body);
    else stream.write(body, () => stream.close(constants.NGHTTP2_CANCEL));
  });
}
