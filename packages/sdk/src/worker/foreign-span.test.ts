import { readExportRequest } from '@slipstream/wire';
import { describe, expect, it } from 'vitest';
import { usePipelines } from '../../test/worker-support/open-pipeline.js';
import { ByteWriter, encodeString, spanId } from '../../test/worker-support/record-encoder.js';
import { FIELD, KIND, TAG } from '../record/format.js';
import { COUNT } from '../ring/layout.js';

/** FIELD.FOREIGN by hand, as `record/format.ts` has it. */
function foreign(scopeLabel: string, attributes: Record<string, number | string> = {}): Buffer {
  const out = new ByteWriter()
    .byte(TAG.ARRAY)
    .byte(TAG.DOUBLE)
    .double(2 | (2 << 3) | (0x101 << 5));
  out.raw(encodeString(scopeLabel)).byte(TAG.OBJECT);
  for (const [key, value] of Object.entries(attributes)) {
    out.raw(encodeString(key));
    if (typeof value === 'string') out.raw(encodeString(value));
    else out.byte(TAG.DOUBLE).double(value);
  }
  // END and 3 dropped ones; the status; no events, no links.
  out.byte(TAG.END).byte(TAG.DOUBLE).double(3).raw(encodeString('why')).byte(TAG.NULL).byte(TAG.NULL);
  return out.byte(TAG.END).toBuffer();
}

describe('a record with an OpenTelemetry span', () => {
  const open = usePipelines();

  it('is written as OTLP has it', async () => {
    const { backend, fixture, producer } = await open();
    producer.span({
      name: 'op',
      fields: [[FIELD.FOREIGN, foreign('lib\0' + '1.0', { int: 3, double: 0.5, text: 'x' })]],
    });
    await fixture.tickUntil(() => backend.spans.length === 1);
    expect(backend.spans[0]).toMatchObject({
      name: 'op',
      kind: 2,
      flags: 0x101,
      status: { code: 2, message: 'why' },
      attributes: [
        { key: 'int', value: 3n },
        { key: 'double', value: 0.5 },
        { key: 'text', value: 'x' },
      ],
      droppedAttributesCount: 3,
    });
  });

  it('goes with others of any scope in one request, in which each scope stands once', async () => {
    const bodies: Uint8Array[] = [];
    const transport = {
      isLoopback: true,
      origin: 'test',
      close: () => undefined,
      post: async ({ body }: { body: Uint8Array }) => {
        bodies.push(Uint8Array.from(body));
        return {
          kind: 'answered',
          status: 200,
          contentType: '',
          retryAfter: undefined,
          isCollector: false,
          body: new Uint8Array(),
        } as const;
      },
    };
    const { fixture, producer } = await open({ transport, settings: { batchAgeMs: 60_000 } });
    const labels = ['a\0' + '1', undefined, 'b\0', 'a\0' + '1', undefined];
    labels.forEach((label, index) => {
      producer.span({
        name: `span ${index}`,
        spanId: spanId(index),
        fields: label === undefined ? [] : [[FIELD.FOREIGN, foreign(label)]],
      });
    });
    fixture.requestFlush();
    await fixture.tickUntil(() => fixture.delivered === 5);
    expect(bodies).toHaveLength(1);
    const scopes = readExportRequest(bodies[0]!).request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
    expect(scopes.map(({ scope, spans }) => [scope.name, scope.version, spans.map(({ name }) => name)])).toEqual([
      ['a', '1', ['span 0', 'span 3']],
      ['slipstream', '0.0.0-test', ['span 1', 'span 4']],
      ['b', '', ['span 2']],
    ]);
  });

  it('takes its scope from a NAME record, and is kept where that is lost', async () => {
    const { backend, fixture, producer } = await open();
    const byNumber = foreign('?').subarray();
    const scopeAt = 1 + 9;
    const number = new ByteWriter().byte(TAG.DOUBLE).double(41).toBuffer();
    const rest = byNumber.subarray(scopeAt + encodeString('?').length);
    const field = Buffer.concat([byNumber.subarray(0, scopeAt), number, rest]);
    producer.write({ kind: KIND.NAME, nameId: 41, fields: [[FIELD.NAME, 'named\0' + '2']] });
    producer.span({ name: 'op', fields: [[FIELD.FOREIGN, field]] });
    await fixture.tickUntil(() => backend.spans.length === 1);
    expect(fixture.count(COUNT.DROPPED_ENCODE_ERROR)).toBe(0);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 4)],
    ['of another kind', () => Buffer.from([TAG.TRUE])],
    [
      'with a tag that belongs elsewhere',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 1 ? TAG.MAP : byte))),
    ],
  ])('%s costs that span alone, and is counted', async (_, damage) => {
    const { backend, fixture, producer } = await open();
    producer.span({ name: 'bad', fields: [[FIELD.FOREIGN, damage(foreign('lib\0', { a: 1 }))]] });
    producer.span({ name: 'good', spanId: spanId(1) });
    await fixture.tickUntil(() => backend.spans.length === 1);
    expect(backend.spans[0]!.name).toBe('good');
    expect(fixture.count(COUNT.DROPPED_ENCODE_ERROR)).toBe(1);
  });
});
