import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOtlpSink, type FaultyServer } from '@slipstream/testkit';
import { ATTRIBUTE, type Span } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient, type SlipstreamOptions } from '../src/core.js';
import { SlipstreamTracerProvider } from '../src/otel/index.js';

let sink: FaultyServer;
let arrived: Span[];
let client: Client;
let folder: string;

beforeEach(async () => {
  arrived = [];
  // As a collector, so that spans are also shown while they run.
  sink = await createOtlpSink({ asCollector: true, onExport: ({ spans }) => arrived.push(...spans) });
  folder = mkdtempSync(join(tmpdir(), 'slipstream-mask-'));
});

afterEach(async () => {
  await client.shutdown({ timeoutMs: 5_000 });
  await sink.close();
  rmSync(folder, { recursive: true });
});

function open(options: SlipstreamOptions): Client {
  client = createClient({ url: sink.url, service: 'masking', handleSignals: false, batchAgeMs: 0, ...options });
  return client;
}

function moduleWith(source: string, name = 'mask.mjs'): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  return path;
}

/** Everything that was sent, as text. */
function sent(): string {
  return JSON.stringify(arrived, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}

function attribute(span: Span | undefined, key: string): unknown {
  return span?.attributes.find((item) => item.key === key)?.value;
}

/** One for each rule, and for the option's own key and pattern. */
const SECRETS = [
  'sk-proj-4f9aQ2x8Lm3kT7vB1nZ0',
  'lan.nguyen@example.com',
  '0912 345 678',
  '4111111111111111',
  'GB82WEST12345698765432',
  '203.113.131.5',
  '079201001234',
  'NV123456',
];
const ALL = `Tôi là học viên: ${SECRETS.join(' và ')}, xin chào`;
const MASK = { keys: ['full_name'], patterns: [{ name: 'employee', pattern: /NV\d{6}/ }] };

/** A trace that has the text in every field in which an application can put it. */
async function traceWith(text: string): Promise<void> {
  const structure = {
    messages: [{ role: 'user', content: `${text}\n"trích"` }],
    call: JSON.stringify({ text, password: 'pässwort' }),
  };
  const metadata = {
    plain: text,
    deep: { list: [text] },
    full_name: 'Nguyễn Thị Lan',
    Cookie: 'a=b',
    [text]: text,
    tel: 84912345678,
  };
  const trace = client.trace({
    name: `trace ${text}`,
    input: text,
    output: structure,
    userId: text,
    sessionId: text,
    tags: ['tag', text],
    metadata,
  });
  const generation = trace.generation({
    name: text,
    model: 'gpt-x',
    input: structure,
    metadata,
    modelParameters: { stop: [text], user: text },
  });
  // Long enough to be shown while it runs.
  await client.flush();
  generation.update({ metadata: new Map([['map', text]]) as unknown as Record<string, unknown> });
  generation.end({ output: { text, token: { secret: [text] } }, level: 'ERROR', statusMessage: text });
  trace.event({ name: text, input: new Error(text), metadata: { text } });
  const span = new SlipstreamTracerProvider({ client }).getTracer('lib').startSpan(`otel ${text}`, {
    attributes: { plain: text, list: [text, 'a'], [text]: text, 'db.password': 'pässwort' },
  });
  span.addEvent(text, { text }).addLink({ context: span.spanContext(), attributes: { text } });
  span.recordException(new Error(text));
  span.setStatus({ code: 2, message: text }).end();
  trace.updateTrace({ input: text, output: text, metadata: { later: text } });
  trace.end({ output: `data: ${JSON.stringify(structure)}\n\ndata: ${text}\n\n` });
  await client.flush();
}

describe.each(['worker', 'inline'] as const)('with rules (%s)', (transport) => {
  it('no secret is in anything that is sent, also while spans run', async () => {
    open({ mask: MASK, transport });
    // The collector makes itself known with its first answer.
    client.trace({ name: 'first' }).end();
    await client.flush();
    await traceWith(ALL);
    expect(sink.stats().runningSpans).toBeGreaterThanOrEqual(2);
    const text = sent();
    for (const secret of [...SECRETS, 'Nguyễn Thị Lan', 'pässwort', 'a=b', '84912345678'])
      expect(text).not.toContain(secret);
    expect(text).toContain('xin chào');
    const names = ['secret', 'email', 'phone', 'card', 'iban', 'ip', 'id', 'employee', 'key'];
    for (const name of names) expect(text).toContain(`[masked:${name}]`);
    expect(client.stats()).toMatchObject({ lostFields: 0, pending: 0 });
  });
});

describe('structures', () => {
  it('arrive as JSON, with what was not masked as it was', async () => {
    open({ mask: {} });
    client
      .trace({ name: 'a', input: { id: 12345678, say: 'chào "bạn"\n', mail: 'lan@example.com', n: [1.5, null] } })
      .end();
    await client.flush();
    expect(JSON.parse(String(attribute(sink.spans()[0], ATTRIBUTE.observationInput)))).toEqual({
      id: 12345678,
      say: 'chào "bạn"\n',
      mail: '[masked:email]',
      n: [1.5, null],
    });
  });

  it('that are cut are masked up to the cut', async () => {
    open({ mask: {}, maxCaptureBytes: 1_000 });
    const text = JSON.stringify({ list: Array.from({ length: 100 }, (_, index) => `u${index}@example.com`) });
    client.trace({ name: 'a', input: text }).end();
    await client.flush();
    const input = String(attribute(sink.spans()[0], ATTRIBUTE.observationInput));
    expect(input).toMatch(/^\{"list":\["\[masked:email]",.*…\[\+\d+ characters]$/);
    expect(input).not.toMatch(/u\d+@example\.com/);
  });
});

describe('media', () => {
  const image = `data:image/png;base64,${Buffer.alloc(3_000, 'bé Lan').toString('base64')}`;
  const message = { role: 'user', content: [{ type: 'image_url', image_url: { url: image } }] };

  it('is replaced by type, size and digest unless it is asked for', async () => {
    open({});
    client.trace({ name: 'a', input: message }).end();
    await client.flush();
    expect(attribute(sink.spans()[0], ATTRIBUTE.observationInput)).toMatch(
      /"url":"\[image\/png 3000 bytes sha256:\w{16}]"/,
    );
  });

  it('is kept where it is asked for', async () => {
    open({ captureMedia: true });
    client.trace({ name: 'a', input: message }).end();
    await client.flush();
    expect(attribute(sink.spans()[0], ATTRIBUTE.observationInput)).toBe(JSON.stringify(message));
  });
});

describe.each(['worker', 'inline'] as const)('with a module (%s)', (transport) => {
  it.each([
    ['ES module with a default export', 'mask.mjs', 'export default (text, field) => field.kind + text.length;'],
    ['ES module with the export mask', 'mask.mjs', 'export const mask = (text, field) => field.kind + text.length;'],
    ['CommonJS module', 'bé mask.cjs', 'module.exports = (text, field) => field.kind + text.length;'],
  ])('what it returns is sent: %s', async (_what, name, source) => {
    open({ mask: moduleWith(source, name), transport });
    client.trace({ name: 'root', input: 'bí mật', userId: 'u' }).end({ output: 'không' });
    await client.flush();
    const [span] = sink.spans();
    expect(span?.name).toBe('name4');
    expect(attribute(span, ATTRIBUTE.observationInput)).toBe('input6');
    expect(attribute(span, ATTRIBUTE.observationOutput)).toBe('output5');
    expect(attribute(span, ATTRIBUTE.userId)).toBe('userId1');
  });

  it.each([
    ['throws', 'export default () => { throw new Error("x"); };'],
    ['returns a promise', 'export default async (text) => text;'],
    ['returns a promise that is rejected', 'export default async (text) => { throw new Error(text); };'],
    ['returns nothing', 'export default () => {};'],
    ['exports nothing', 'export const other = 1;'],
    ['fails while it loads', 'throw new Error("no");'],
    ['is not JavaScript', 'export default )'],
  ])('nothing goes out unmasked when it %s', async (_what, source) => {
    open({ mask: moduleWith(source), transport });
    await traceWith(ALL);
    const text = sent();
    for (const secret of [...SECRETS, 'xin chào', 'Nguyễn Thị Lan']) expect(withoutKeys(text)).not.toContain(secret);
    expect(text).toContain('[mask failed]');
    const { lostFields, delivered, pending } = client.stats();
    expect(lostFields).toBeGreaterThan(10);
    expect([delivered, pending]).toEqual([4, 0]);
  });

  it('nothing goes out unmasked when there is none', async () => {
    open({ mask: join(folder, 'missing.mjs'), transport });
    client.trace({ name: 'root', input: 'bí mật' }).end();
    await client.flush();
    expect(sent()).not.toContain('bí mật');
    expect(client.stats()).toMatchObject({ delivered: 1, lostFields: 3 });
  });

  it('nothing goes out before it has loaded', async () => {
    const source = `await new Promise((resolve) => setTimeout(resolve, 300));
      export default (text) => text.replaceAll('bí mật', '***');`;
    open({ mask: moduleWith(source), transport });
    client.trace({ name: 'root', input: 'bí mật' }).end();
    expect(await client.flush()).toMatchObject({ delivered: 1, pending: 0 });
    expect(attribute(sink.spans()[0], ATTRIBUTE.observationInput)).toBe('***');
  });
});

/** A module sees no keys: they are the application's own words. */
function withoutKeys(text: string): string {
  return text.replaceAll(/"key":"(?:[^"\\]|\\.)*"/g, '');
}

describe('a module that never returns', () => {
  it('holds up the worker and nothing else', async () => {
    open({ mask: moduleWith('export default () => { for (;;); };') });
    client.trace({ name: 'root', input: 'bí mật' }).end();
    expect(await client.flush({ timeoutMs: 500 })).toMatchObject({ delivered: 0, pending: 1 });
    expect(arrived).toEqual([]);
  });
});
