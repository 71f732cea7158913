import { gunzipSync, gzipSync } from 'node:zlib';
import { createClient } from '@slipstream/sdk';
import { isRedisThere } from '@slipstream/testkit';
import { readExportRequest } from '@slipstream/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { useRedisQueues } from '../../../test/support/redis-queues.js';
import { appendText, eventually, readEntries, readTexts } from '../suite.js';

const STREAM = 'slipstream:traces';
const DEAD = 'slipstream:traces:dead';
const LIMIT_BYTES = 512 * 1024;

describe.skipIf(!isRedisThere)('the stream as others write and read it (needs redis-server)', () => {
  const { open, clear, command, server } = useRedisQueues();
  afterEach(clear);

  /** Appends an entry as any program can. */
  function add(fields: Readonly<Record<string, string | Buffer>>): Promise<unknown> {
    return command((redis) => redis.xadd(STREAM, '*', ...Object.entries(fields).flat()));
  }

  const good = { v: '1', p: 'pk-lf-1', e: 'otlp+gzip', d: gzipSync('spans') };

  it('takes spans that an SDK appended itself', async () => {
    const queue = await open();
    const client = createClient({ url: server().url, publicKey: 'pk-lf-1', transport: 'inline', handleSignals: false });
    client.trace({ name: 'from the application' }).end();
    expect(await client.flush()).toMatchObject({ delivered: 1 });
    await client.shutdown();
    const [entry] = await readEntries(await queue.open('store'), 1);
    expect(entry).toMatchObject({ tenant: 'pk-lf-1', contentType: 'application/x-protobuf' });
    const { request } = readExportRequest(entry!.payload);
    expect(request.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.name).toBe('from the application');
  });

  it('writes entries as the contract has them', async () => {
    const queue = await open();
    await queue.append({ tenant: 'p1', contentType: 'application/x-protobuf', payload: Buffer.from('spans') });
    await queue.append({ tenant: 'p2', contentType: 'application/json', payload: Buffer.from('{"scores":[]}') });
    const entries = await command((redis) => redis.xrangeBuffer(STREAM, '-', '+'));
    const fields = entries.map(([, flat]) =>
      flat.map((value, index) =>
        flat[index - 1]?.toString() === 'd' ? gunzipSync(value).toString() : value.toString(),
      ),
    );
    expect(fields).toEqual([
      ['v', '1', 'p', 'p1', 'e', 'otlp+gzip', 'd', 'spans'],
      ['v', '1', 'p', 'p2', 'e', 'scores+json+gzip', 'd', '{"scores":[]}'],
    ]);
  });

  it('passes over fields that it does not know', async () => {
    const queue = await open();
    await add({ ...good, x: 'new' });
    expect(await readTexts(await queue.open('store'))).toEqual(['spans']);
  });

  it.each([
    ['of another version', { ...good, v: '2' }, 'its version is not known'],
    ['of another encoding', { ...good, e: 'otlp+zstd' }, 'its encoding is not known'],
    ['without a project', { v: '1', e: 'otlp+gzip', d: gzipSync('x') }, 'it names no project'],
    ['with a project too long', { ...good, p: 'p'.repeat(256) }, 'it names no project'],
    ['without a payload', { v: '1', p: 'p', e: 'otlp+gzip' }, 'it has no payload'],
    ['whose payload is no gzip', { ...good, d: 'plain' }, 'its payload is no gzip'],
    ['whose gzip is cut off', { ...good, d: gzipSync('x'.repeat(1000)).subarray(0, 20) }, 'its payload is no gzip'],
    ['that is a bomb', { ...good, d: gzipSync(Buffer.alloc(2 * LIMIT_BYTES)) }, 'its payload is too large'],
    ['of something else', { hello: 'world' }, 'its version is not known'],
  ] as const)('sets aside an entry %s, and gives the next', async (_name, fields, reason) => {
    const notices: string[] = [];
    const queue = await open({ maxInflatedBytes: LIMIT_BYTES, onNotice: (line) => notices.push(line) });
    await add(fields as Readonly<Record<string, string | Buffer>>);
    await add(good);
    const reader = await queue.open('store');
    expect(await readTexts(reader)).toEqual(['spans']);
    await reader.commit(1);
    expect(queue.stats().quarantinedRecords).toBe(1);
    expect(notices).toEqual([`1 entry of the queue set aside in ${DEAD}: ${reason}`]);
    const [[, dead]] = (await command((redis) => redis.xrange(DEAD, '-', '+'))) as [[string, string[]]];
    expect(dead.slice(0, 4)).toEqual(['reason', reason, 'group', 'store']);
    expect(dead.filter((_, index) => index % 2 === 0)).toEqual(['reason', 'group', 'id', 'at', ...Object.keys(fields)]);
    await eventually(() => expect(queue.stats().backlog).toEqual({ store: 0 }));
  });

  it('bounds what it sets aside, and says so in few lines', async () => {
    const notices: string[] = [];
    const queue = await open({ onNotice: (line) => notices.push(line) });
    await command(async (redis) => {
      const pipeline = redis.pipeline();
      for (let index = 0; index < 1200; index++) pipeline.xadd(STREAM, '*', 'v', `${index}`.padEnd(64, '.'));
      await pipeline.exec();
    });
    await appendText(queue, 'good');
    expect(await readTexts(await queue.open('store'))).toEqual(['good']);
    expect(queue.stats().quarantinedRecords).toBe(1200);
    expect(notices).toHaveLength(1);
    expect(await command((redis) => redis.xlen(DEAD))).toBeLessThan(1150);
  });

  it('fills a read as far as entries go, however many answers of Redis that takes', async () => {
    const queue = await open();
    const size = 1000;
    await command(async (redis) => {
      const pipeline = redis.pipeline();
      const fields = { ...good, d: gzipSync(Buffer.alloc(size, 'x')) };
      for (let index = 0; index < 1000; index++) pipeline.xadd(STREAM, '*', ...Object.entries(fields).flat());
      await pipeline.exec();
    });
    const reader = await queue.open('store');
    const counts: number[] = [];
    const { signal } = new AbortController();
    while (counts.reduce((sum, count) => sum + count, 0) < 1000) {
      counts.push((await reader.read(300 * size + 1, signal)).length);
    }
    expect(counts).toEqual([300, 300, 300, 100]);
  });

  it('gives an entry of exactly the limit, and not one byte more', async () => {
    const queue = await open({ maxInflatedBytes: LIMIT_BYTES });
    await add({ ...good, d: gzipSync(Buffer.alloc(LIMIT_BYTES)) });
    await add({ ...good, d: gzipSync(Buffer.alloc(LIMIT_BYTES + 1)) });
    const reader = await queue.open('store');
    const [entry] = await readEntries(reader, 1);
    expect(entry?.payload.byteLength).toBe(LIMIT_BYTES);
    expect(await readTexts(reader)).toEqual([]);
    expect(queue.stats().quarantinedRecords).toBe(1);
  });
});
