import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ATTRIBUTE, encodeExportRequest } from '@slipstream/wire';
import { describe, expect, it, vi } from 'vitest';
import { booked, namesOf, useForwarding } from '../../../test/support/forwarding.js';
import { makeRequest, makeRunningSpan, makeSpan, newTraceId, toProtobuf } from '../../../test/support/spans.js';
import { storeOnly } from '../../transfer/import-label.js';

const forwarding = useForwarding();

describe('a forward destination', () => {
  it('delivers what is in the queue and what comes, as OTLP', async () => {
    const headers: IncomingHttpHeaders[] = [];
    const sink = await forwarding.sink({ onExport: (arrived) => headers.push(arrived.headers) });
    await forwarding.append(makeSpan({ name: 'before', attributes: { kept: 'yes' } }));
    const destination = await forwarding.start({ url: sink.url, headers: { 'X-Team': 'lessons' } });
    await forwarding.isDone();
    await forwarding.append(makeSpan({ name: 'after' }));
    await vi.waitFor(() => expect(namesOf(sink.spans())).toEqual(['before', 'after']));
    await forwarding.isDone();
    expect(headers[0]).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-team': 'lessons' });
    expect(sink.spans()[0]?.attributes).toEqual([{ key: 'kept', value: 'yes' }]);
    expect(destination.stats()).toMatchObject({ deliveredEntries: 2, deliveredSpans: 2, fault: undefined });
  });

  it('takes the address of the traces path, or a base', async () => {
    const paths: string[] = [];
    const sink = await forwarding.sink({ onExport: ({ path }) => paths.push(path) });
    await forwarding.append(makeSpan());
    const first = await forwarding.start({ url: `${sink.url}/` });
    await forwarding.isDone();
    await first.stop(1000);
    await forwarding.append(makeSpan());
    await forwarding.start({ url: `${sink.url}/v1/traces` });
    await forwarding.isDone();
    expect(paths).toEqual(['/v1/traces', '/v1/traces']);
  });

  it('puts several entries into one request, with each its own resource and scope', async () => {
    const sink = await forwarding.sink();
    for (const service of ['a', 'a', 'b']) {
      const request = makeRequest([makeSpan({ name: service })], { [ATTRIBUTE.serviceName]: service });
      await forwarding.appendBytes(encodeExportRequest(request));
    }
    await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.stats()).toMatchObject({ requests: 1, spans: 3 });
    expect(namesOf(sink.spans())).toEqual(['a', 'a', 'b']);
  });

  it('never puts more bytes into a request than its limit, unless one span is larger', async () => {
    const counts: number[] = [];
    const sink = await forwarding.sink({ onExport: ({ spans }) => counts.push(spans.length) });
    const span = () => makeSpan({ name: 'x'.repeat(1000) });
    const oneBytes = toProtobuf(span()).byteLength;
    await forwarding.append(span(), span(), span(), span(), span());
    await forwarding.append(makeSpan({ name: 'y'.repeat(5 * oneBytes) }));
    await forwarding.start({ url: sink.url }, { maxBatchBytes: 2 * oneBytes });
    await forwarding.isDone();
    expect(counts).toEqual([2, 2, 1, 1]);
  });

  it('keeps starts of running spans, and what only Slipstream knows, in the house', async () => {
    const sink = await forwarding.sink();
    const traceId = newTraceId();
    const done = makeSpan({ traceId, attributes: { a: 1n, [ATTRIBUTE.spanRevision]: 3n, b: 2n } });
    await forwarding.append(makeRunningSpan({ traceId }), done);
    await forwarding.append(makeRunningSpan());
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.stats()).toMatchObject({ requests: 1, spans: 1, runningSpans: 0 });
    expect(sink.spans()[0]?.attributes.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(destination.stats()).toMatchObject({ deliveredEntries: 2, deliveredSpans: 1 });
  });

  it('passes over scores, which OTLP has no place for', async () => {
    const sink = await forwarding.sink();
    const score = { id: 's', traceId: newTraceId(), observationId: '', sessionId: '', name: 'good', timeUs: 0 };
    const rest = {
      dataType: 'NUMERIC',
      value: 1,
      text: undefined,
      comment: undefined,
      environment: undefined,
    } as const;
    await forwarding.appendScores({ ...score, ...rest, metadata: {} });
    await forwarding.append(makeSpan());
    await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.stats()).toMatchObject({ requests: 1, badRequests: 0, spans: 1 });
  });

  it('passes over what an import keeps for the store', async () => {
    const sink = await forwarding.sink();
    const contentType = storeOnly('application/x-protobuf');
    const appended = await forwarding
      .queue()
      .append({ tenant: 'default', contentType, payload: toProtobuf(makeSpan()) });
    expect(appended.kind).toBe('ok');
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect([sink.stats().requests, destination.stats().deliveredSpans]).toEqual([0, 0]);
  });

  it('buries what cannot be read, and delivers the rest', async () => {
    const sink = await forwarding.sink();
    await forwarding.append(makeSpan());
    await forwarding.appendBytes(Buffer.from([0x0a, 0xff]));
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.stats().spans).toBe(2);
    expect((await forwarding.letters()).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('it cannot be read'),
    ]);
    expect(destination.stats()).toMatchObject({ deadLetteredEntries: 1, deliveredSpans: 2 });
  });

  it('finds the bad span of an entry that came from anyone, and delivers its neighbours', async () => {
    const sink = await forwarding.sink();
    const [good, bad] = [makeSpan({ name: 'good' }), makeSpan({ name: 'bad' })];
    const payload = toProtobuf(bad, good);
    payload.fill(0xff, payload.indexOf('bad'), payload.indexOf('bad') + 3);
    await forwarding.appendBytes(payload);
    const queue = withValues(forwarding.queue(), { isShared: true });
    const destination = await forwarding.start({ url: sink.url }, { queue });
    await forwarding.isDone();
    expect(namesOf(sink.spans())).toEqual(['good']);
    expect(destination.stats()).toMatchObject({ deliveredSpans: 1, deadLetteredSpans: 1 });
  });

  it('delivers what the queue holds before it stops', async () => {
    const sink = await forwarding.sink();
    const destination = await forwarding.start({ url: sink.url });
    for (let index = 0; index < 20; index++) await forwarding.append(makeSpan());
    await destination.stop(10_000);
    expect(sink.uniqueSpanCount()).toBe(20);
  });

  it('stops at once when the backend is away; the next start delivers', async () => {
    const gone = await forwarding.sink();
    await gone.close();
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: gone.url }, { firstRetryMs: 60_000, lastRetryMs: 60_000 });
    await vi.waitFor(() => expect(destination.stats().fault).toBe('ECONNREFUSED'));
    await destination.stop(60_000);
    const sink = await forwarding.sink();
    await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.uniqueSpanCount()).toBe(1);
  });

  it('stops at its deadline when the backend hangs; the next start delivers', async () => {
    const hanging = await forwarding.sink({ otherwise: { kind: 'hang' } });
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: hanging.url });
    await vi.waitFor(() => expect(hanging.stats().requests).toBe(1));
    await destination.stop(10);
    const sink = await forwarding.sink();
    await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.uniqueSpanCount()).toBe(1);
  });

  it('stops twice, and before it starts', async () => {
    const sink = await forwarding.sink();
    const destination = await forwarding.start({ url: sink.url });
    await destination.stop(10);
    await destination.stop(10);
  });

  it('uses one connection again and again', async () => {
    let connections = 0;
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.end());
    });
    server.on('connection', () => connections++);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await forwarding.start({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    for (let index = 0; index < 3; index++) {
      await forwarding.append(makeSpan());
      await forwarding.isDone();
    }
    expect(connections).toBe(1);
    server.closeAllConnections();
    server.close();
  });

  it('accounts for every span', async () => {
    const sink = await forwarding.sink({
      decide: (spans) => {
        if (spans.some(({ name }) => name === 'poison')) return { kind: 'status', status: 400 };
        return spans.some(({ name }) => name === 'odd')
          ? { kind: 'partial-success', rejectedSpans: 1, message: 'odd' }
          : undefined;
      },
    });
    const names = ['good', 'poison', 'good', 'odd', 'good', 'good', 'poison', 'good'];
    for (const name of names) await forwarding.append(makeSpan({ name }), makeRunningSpan());
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(destination.stats()).toMatchObject({ deliveredSpans: 5, rejectedSpans: 1, deadLetteredSpans: 2 });
    expect(booked(destination.stats())).toBe(names.length);
  });
});

/** An object with other values in places. */
function withValues<T extends object>(target: T, values: object): T {
  return new Proxy(target, {
    get(object, key) {
      if (Object.hasOwn(values, key)) return Reflect.get(values, key) as unknown;
      const value = Reflect.get(object, key, object) as unknown;
      return typeof value === 'function' ? (value.bind(object) as unknown) : value;
    },
  });
}
