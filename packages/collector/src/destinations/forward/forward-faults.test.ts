import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScriptedAnswer } from '@slipstream/testkit';
import { describe, expect, it, vi } from 'vitest';
import { booked, namesOf, useForwarding } from '../../../test/support/forwarding.js';
import { makeSpan } from '../../../test/support/spans.js';

const forwarding = useForwarding();

const status = (code: number, more: { retryAfter?: string; message?: string } = {}): ScriptedAnswer => ({
  kind: 'status',
  status: code,
  ...more,
});

describe('what a forward destination tries again', () => {
  it.each([429, 502, 503, 504])('is a request that was answered %i', async (code) => {
    const sink = await forwarding.sink({ script: [status(code), status(code)] });
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.stats()).toMatchObject({ requests: 3, spans: 1 });
    expect(destination.stats()).toMatchObject({ failedAttempts: 2, deliveredSpans: 1, deadLetteredEntries: 0 });
    expect(forwarding.faults).toEqual([`HTTP ${code}`, undefined]);
  });

  it('is a request without an answer: cut, or never answered', async () => {
    const sink = await forwarding.sink({ script: [{ kind: 'reset' }, { kind: 'hang' }] });
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url, timeoutMs: 50 });
    await forwarding.isDone();
    expect(sink.stats()).toMatchObject({ requests: 3, spans: 1 });
    expect(destination.stats()).toMatchObject({ failedAttempts: 2, deliveredSpans: 1 });
  });

  it('is a request that found nobody there', async () => {
    const sink = await forwarding.sink();
    const { port } = sink;
    await sink.close();
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url });
    await vi.waitFor(() => expect(destination.stats().failedAttempts).toBeGreaterThan(3));
    expect(destination.stats().fault).toBe('ECONNREFUSED');
    const back = await forwarding.sink({ port });
    await forwarding.isDone();
    expect(back.uniqueSpanCount()).toBe(1);
    expect(destination.stats().fault).toBeUndefined();
  });

  it('waits for as long as the backend asks, and no less', async () => {
    const arrivals: number[] = [];
    const sink = await forwarding.sink({
      script: [status(429, { retryAfter: '0.2' })],
      onExport: () => arrivals.push(performance.now()),
    });
    await forwarding.append(makeSpan());
    await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(arrivals[1]! - arrivals[0]!).toBeGreaterThanOrEqual(199);
  });

  it('follows no wait that makes no sense', async () => {
    const sink = await forwarding.sink({
      script: ['soon', '-5', '', 'NaN', '1e9', 'Thu, 01 Jan 1970 00:00:00 GMT'].map((retryAfter) =>
        status(503, { retryAfter }),
      ),
    });
    await forwarding.append(makeSpan());
    await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.stats().requests).toBe(7);
  });
});

describe('what a forward destination takes for delivered', () => {
  it.each<[string, ScriptedAnswer]>([
    ['an answer of which the body is cut off', { kind: 'reset-in-body' }],
    ['an answer that is no OTLP', { kind: 'garbage' }],
    ['an answer in JSON', { kind: 'text', status: 200, contentType: 'application/json', text: '{}' }],
    ['an answer in other words', { kind: 'text', status: 202, contentType: 'text/plain', text: 'ok' }],
    ['an answer that is longer than any', { kind: 'text', status: 200, contentType: '', text: 'x'.repeat(500_000) }],
    ['an answer that comes slowly', { kind: 'slow-body', durationMs: 50 }],
  ])('is %s', async (_name, answer) => {
    const sink = await forwarding.sink({ script: [answer] });
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    await forwarding.append(makeSpan());
    await forwarding.isDone();
    expect(sink.stats().requests).toBe(2);
    expect(destination.stats()).toMatchObject({ deliveredSpans: 2, failedAttempts: 0 });
  });

  it('is an answer whose body never ends, after a while', async () => {
    const sink = await forwarding.sink({ script: [{ kind: 'endless-body', intervalMs: 1000 }] });
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url }, { responseBodyMs: 50 });
    await forwarding.isDone();
    expect(destination.stats()).toMatchObject({ deliveredSpans: 1, failedAttempts: 0 });
  });

  it('is what the backend says it took of a request; the rest is counted and said once', async () => {
    const partial: ScriptedAnswer = { kind: 'partial-success', rejectedSpans: 2, message: 'too old' };
    const sink = await forwarding.sink({ script: [partial, partial] });
    const destination = await forwarding.start({ url: sink.url });
    for (let index = 0; index < 2; index++) {
      await forwarding.append(makeSpan(), makeSpan(), makeSpan());
      await forwarding.isDone();
    }
    expect(sink.stats().requests).toBe(2);
    expect(destination.stats()).toMatchObject({ deliveredSpans: 2, rejectedSpans: 4, deadLetteredSpans: 0 });
    expect(forwarding.notices).toEqual(['2 spans were rejected: too old']);
  });

  it('is never more, nor less, than what was sent', async () => {
    const answers = ['1e99', '-7', '"3"', 'null', '{}'].map(
      (count): ScriptedAnswer => ({
        kind: 'text',
        status: 200,
        contentType: 'application/json',
        text: `{"partialSuccess":{"rejectedSpans":${count}}}`,
      }),
    );
    const sink = await forwarding.sink({ script: answers });
    const destination = await forwarding.start({ url: sink.url });
    for (let index = 0; index < answers.length; index++) {
      await forwarding.append(makeSpan(), makeSpan(), makeSpan(), makeSpan());
      await forwarding.isDone();
    }
    expect(destination.stats()).toMatchObject({ deliveredSpans: 13, rejectedSpans: 7 });
  });
});

describe('what a forward destination buries', () => {
  it.each([500, 501, 422, 418])('is a request that was answered %i, without a second try', async (code) => {
    const sink = await forwarding.sink({ script: [status(code, { message: 'no\u001b[31m use' })] });
    await forwarding.append(makeSpan({ name: 'a' }), makeSpan({ name: 'b' }));
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    await forwarding.append(makeSpan({ name: 'c' }));
    await forwarding.isDone();
    expect(sink.stats().requests).toBe(2);
    const [letter] = await forwarding.letters();
    expect([letter?.reason, namesOf(letter?.spans ?? [])]).toEqual([`HTTP ${code}: no [31m use`, ['a', 'b']]);
    expect(destination.stats()).toMatchObject({ deliveredSpans: 1, deadLetteredEntries: 1, deadLetteredSpans: 2 });
  });

  it('is the one span that a backend refuses, and none beside it', async () => {
    const sink = await forwarding.sink({
      decide: (spans) =>
        spans.some(({ name }) => name === 'bad') ? status(400, { message: 'invalid span' }) : undefined,
    });
    const names = Array.from({ length: 50 }, (_, index) => (index === 33 ? 'bad' : `good ${index}`));
    await forwarding.append(...names.map((name) => makeSpan({ name })));
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect((await forwarding.letters()).map(({ reason, spans }) => [reason, namesOf(spans)])).toEqual([
      ['HTTP 400: invalid span', ['bad']],
    ]);
    expect([...namesOf(sink.spans())].sort()).toEqual(names.filter((name) => name !== 'bad').sort());
    expect(destination.stats().fault).toBeUndefined();
  });

  it('is a span that is too large alone; a request that is too large goes in parts', async () => {
    const sink = await forwarding.sink({
      decide: (spans) => (spans.length > 3 || spans.some(({ name }) => name === 'huge') ? status(413) : undefined),
    });
    const names = ['a', 'b', 'huge', 'c', 'd', 'e', 'f', 'g'];
    await forwarding.append(...names.map((name) => makeSpan({ name })));
    await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect((await forwarding.letters()).map(({ spans }) => namesOf(spans))).toEqual([['huge']]);
    expect(sink.uniqueSpanCount()).toBe(7);
  });

  it('is everything, in few requests, where a backend refuses whatever comes', async () => {
    const sink = await forwarding.sink({ otherwise: status(400) });
    await forwarding.append(...Array.from({ length: 1000 }, () => makeSpan()));
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(sink.stats().requests).toBeLessThan(100);
    expect(destination.stats()).toMatchObject({ deadLetteredSpans: 1000, fault: expect.stringContaining('HTTP 400') });
  });

  it('is what could not be delivered for too long, where a limit is set', async () => {
    const sink = await forwarding.sink({ otherwise: status(503) });
    const destination = await forwarding.start({ url: sink.url, maxAgeMs: 100 });
    for (let index = 0; index < 3; index++) await forwarding.append(makeSpan());
    await forwarding.isDone();
    expect(destination.stats()).toMatchObject({ deadLetteredSpans: 3, deliveredSpans: 0 });
    expect((await forwarding.letters())[0]?.reason).toBe('too old; last: HTTP 503');
  });
});

describe('what a forward destination takes for a fault of its settings', () => {
  it.each([
    [401, 'SLIPSTREAM_FORWARD_BACKEND_HEADERS'],
    [403, 'SLIPSTREAM_FORWARD_BACKEND_HEADERS'],
    [404, 'SLIPSTREAM_FORWARD_BACKEND_URL'],
  ])('is %i: it waits, says what to change, and buries nothing', async (code, variable) => {
    const sink = await forwarding.sink({ script: [status(code), status(code), status(code)] });
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(forwarding.faults).toEqual([expect.stringContaining(`HTTP ${code}`), undefined]);
    expect(forwarding.faults[0]).toContain(variable);
    expect(destination.stats()).toMatchObject({ failedAttempts: 3, deliveredSpans: 1, deadLetteredEntries: 0 });
  });

  it.each([301, 302, 307, 308])('is a redirect (%i), which is never followed', async (code) => {
    const elsewhere = await forwarding.sink();
    const redirect: ScriptedAnswer = { kind: 'redirect', status: code, location: `${elsewhere.url}/v1/traces` };
    const sink = await forwarding.sink({ script: [redirect] });
    await forwarding.append(makeSpan());
    await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(elsewhere.stats().requests).toBe(0);
    expect(sink.stats().spans).toBe(1);
    expect(forwarding.faults[0]).toContain('redirects');
  });

  it('is a web page instead of an answer', async () => {
    const page: ScriptedAnswer = { kind: 'text', status: 200, contentType: 'text/html; charset=utf-8', text: '<html>' };
    const sink = await forwarding.sink({ script: [page] });
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: sink.url });
    await forwarding.isDone();
    expect(forwarding.faults[0]).toContain('web page');
    expect(destination.stats().deliveredSpans).toBe(1);
  });
});

describe('what a forward destination keeps to itself', () => {
  const SECRETS = ['hunter22', 'pass%word', 'Bearer-tok3n', 'query-key'];

  it('are its credentials, also where the backend repeats them', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      const echo = [request.headers.authorization, request.headers['x-key'], request.url, 'pass%word'].join(' ');
      request.resume().on('end', () => response.writeHead(500, { 'content-type': 'text/plain' }).end(echo));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({
      url: `http://hunter22:pass%25word@127.0.0.1:${port}/path?key=query-key`,
      headers: { 'x-key': 'Bearer-tok3n' },
    });
    await forwarding.isDone();
    expect(seen[0]).toBe(`Basic ${Buffer.from('hunter22:pass%word').toString('base64')}`);
    const letters = (await forwarding.letters()).map(({ reason, payload }) => reason + payload.toString('latin1'));
    const shown = JSON.stringify([forwarding.faults, destination.stats(), letters, destination.shownUrl]);
    expect(shown).toContain('HTTP 500: **** **** /path');
    for (const secret of [...SECRETS, seen[0]?.slice(6) ?? '']) expect(shown).not.toContain(secret);
    expect(destination.shownUrl).toBe(`http://127.0.0.1:${port}`);
    expect(booked(destination.stats())).toBe(1);
    server.closeAllConnections();
    server.close();
  });
});
