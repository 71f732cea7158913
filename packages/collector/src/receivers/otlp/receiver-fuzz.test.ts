import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../../test/support/http-client.js';
import { JSON_TYPE, makeSpan, PROTOBUF, toJson, toProtobuf } from '../../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../../test/support/start-collector.js';

let collector: TestCollector;

beforeAll(async () => {
  collector = await startCollector();
});

afterAll(async () => {
  await collector.destroy();
});

/** A good body in which some bytes were changed. */
function mutated(good: Buffer): fc.Arbitrary<Buffer> {
  const change = fc.tuple(fc.nat(good.byteLength - 1), fc.integer({ min: 0, max: 255 }));
  return fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) => {
    const body = Buffer.from(good);
    for (const [at, byte] of changes) body[at] = byte;
    return body;
  });
}

describe('the OTLP receiver, given anything', () => {
  it.each([
    ['protobuf', PROTOBUF, toProtobuf(makeSpan({ attributes: { key: ['a', 1n, true] } }))],
    ['JSON', JSON_TYPE, toJson(makeSpan({ attributes: { key: ['a', 1n, true] } }))],
  ])('as %s answers 200 or 400 and lives on', async (_name, type, good) => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      mutated(good),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom('plain', 'gzip', 'broken gzip'), async (body, packing) => {
        const headers = packing === 'plain' ? type : { ...type, 'content-encoding': 'gzip' };
        const sent = packing === 'gzip' ? gzipSync(body) : body;
        const { status } = await send(`${collector.url}/v1/traces`, { method: 'POST', body: sent, headers });
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 150 },
    );
    expect((await send(`${collector.url}/ready`)).status).toBe(200);
    expect(collector.lines).toEqual([]);
  });
});
