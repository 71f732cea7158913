import { describe, expect, it } from 'vitest';
import { maskSettings } from '../../mask/mask-option.js';
import type { MaskField, MaskFunction, MaskRules } from '../../mask/mask-rules.js';
import { SpanFields, TraceFields } from '../record-fields.js';
import type { SpanRecord } from '../record-reader.js';
import { ScoreFields } from '../scores/score-fields.js';
import { maskEngine } from './engine.js';
import { FieldMask } from './field-mask.js';

interface Options {
  readonly mask?: MaskRules | string;
  readonly captureMedia?: boolean;
  readonly load?: () => Promise<MaskFunction>;
}

function open({ mask, captureMedia, load }: Options = {}) {
  const seen = { log: [] as string[], lost: 0 };
  const settings = { mask: maskSettings(mask), ...(captureMedia === undefined ? {} : { captureMedia }) };
  const fieldMask = new FieldMask({
    settings,
    log: (line) => seen.log.push(line),
    onLost: () => {
      seen.lost++;
    },
    engine: load === undefined ? maskEngine : { ...maskEngine, load },
  });
  return { fieldMask, seen };
}

async function openWith(custom: unknown, rules: MaskRules = { rules: [] }) {
  const opened = open({ mask: { ...rules, module: './mask.mjs' }, load: async () => custom as MaskFunction });
  await opened.fieldMask.ready;
  return opened;
}

function recordOf(values: Partial<SpanFields>): SpanRecord {
  return {
    kind: 'end',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    type: 'generation',
    level: 'DEFAULT',
    flags: 0,
    startMs: 1,
    endMs: 2,
    nameId: 0,
    fields: Object.assign(new SpanFields(), values),
    sizeBytes: 64,
  };
}

const EMAIL = 'lan@example.com';

function foreignWith(text: string, keyText = text): NonNullable<SpanFields['foreign']> {
  const counts = { droppedAttributesCount: 0 };
  return {
    kind: 1,
    statusCode: 2,
    flags: 0,
    statusMessage: text,
    scopeId: 0,
    scopeLabel: 'lib\u00001',
    attributes: { plain: text, list: [text, 1, true, null], count: 12, 'http.request.header.authorization': ['a b'] },
    ...counts,
    events: [{ name: text, timeMs: 1, attributes: { 'exception.message': text }, ...counts }],
    droppedEventsCount: 0,
    links: [{ traceId: 'a', spanId: 'b', traceState: '', flags: 0, attributes: { [keyText]: text }, ...counts }],
    droppedLinksCount: 0,
  };
}

/** A record with the text in every field that is masked, and all text of it. */
function everywhere(text: string, keyText = text) {
  const record = recordOf({
    name: text,
    input: JSON.stringify({ text }),
    output: text,
    metadata: new Map<string, string | bigint | number>([
      ['plain', text],
      ['deep', JSON.stringify([text])],
      [keyText, 1n],
    ]),
    statusMessage: text,
    modelParameters: JSON.stringify({ user: text }),
    foreign: foreignWith(text, keyText),
  });
  const trace = Object.assign(new TraceFields(), {
    name: text,
    userId: text,
    sessionId: text,
    tags: ['a', text],
    metadata: new Map([['plain', text]]),
    input: text,
    output: JSON.stringify({ text }),
  });
  const all = () =>
    JSON.stringify([record.fields, trace], (_key, value) =>
      value instanceof Map ? [...value] : typeof value === 'bigint' ? `${value}` : value,
    );
  return { record, trace, all };
}

describe('a mask of rules', () => {
  it('reaches every field of spans and traces', () => {
    const { fieldMask, seen } = open({ mask: {} });
    const { record, trace, all } = everywhere(EMAIL);
    fieldMask.span(record, 'name');
    fieldMask.trace(trace);
    expect(all()).not.toContain(EMAIL);
    expect(all().match(/\[masked:email]/g)).toHaveLength(22);
    expect(fieldMask.name(`lan ${EMAIL}`)).toBe('lan [masked:email]');
    expect(seen).toEqual({ log: [], lost: 0 });
  });

  it('replaces values under keys of metadata and attributes, and leaves other numbers numbers', () => {
    const { fieldMask } = open({ mask: { keys: ['age'] } });
    const metadata = new Map<string, string | bigint | number>([
      ['api_key', 'x'],
      ['age', 9n],
      ['turn', 3n],
      ['phone', 84912345678n],
      ['ratio', 0.5],
    ]);
    const record = recordOf({ metadata, foreign: foreignWith('x') });
    fieldMask.span(record, 'name');
    expect(Object.fromEntries(record.fields.metadata!)).toEqual({
      api_key: '[masked:secret]',
      age: '[masked:key]',
      turn: 3n,
      phone: '[masked:phone]',
      ratio: 0.5,
    });
    expect(record.fields.foreign?.attributes).toEqual({
      plain: 'x',
      list: ['x', 1, true, null],
      count: 12,
      'http.request.header.authorization': '[masked:secret]',
    });
  });

  it('reaches what scores say', () => {
    const { fieldMask } = open({ mask: {} });
    const values = { name: EMAIL, sessionId: EMAIL, comment: EMAIL, value: EMAIL, metadata: new Map([['by', EMAIL]]) };
    const fields = Object.assign(new ScoreFields(), values, { traceId: 'a'.repeat(32), dataType: 'TEXT' });
    fieldMask.score(fields);
    expect(JSON.stringify([fields, ...fields.metadata!])).not.toContain(EMAIL);
    expect(fields).toMatchObject({ value: '[masked:email]', traceId: 'a'.repeat(32), dataType: 'TEXT' });
  });

  it('leaves what names and measures the span', () => {
    const { fieldMask } = open({ mask: {} });
    const values = {
      model: 'm-0912345678',
      version: '0912345678',
      promptName: EMAIL,
      usageDetails: '{"input":912345678}',
    };
    const record = recordOf(values);
    fieldMask.span(record, 'name');
    expect(record.fields).toMatchObject(values);
  });

  it('keeps the name and the version of a scope apart', () => {
    const { fieldMask } = open({ mask: {} });
    expect(fieldMask.name('@opentelemetry/instrumentation-http\u00000.52.1')).toBe(
      '@opentelemetry/instrumentation-http\u00000.52.1',
    );
  });
});

describe('without a mask', () => {
  const media = `data:image/png;base64,${Buffer.alloc(900, 'chào').toString('base64')}`;

  it('media is replaced in every field, and nothing else', () => {
    const { fieldMask } = open();
    const { record, trace, all } = everywhere(media);
    const before = all();
    fieldMask.span(record, 'name');
    fieldMask.trace(trace);
    const [mark] = /\[image\/png 900 bytes sha256:\w{16}]/.exec(all())!;
    // Keys are not content.
    const expected = before.replaceAll(media, mark).replaceAll(`["${mark}","1"]`, `["${media}","1"]`);
    expect(all()).toBe(expected.replaceAll(`{"${mark}":`, `{"${media}":`));
  });

  it('media stays where that is asked for', () => {
    const { fieldMask } = open({ captureMedia: true });
    const { record, all } = everywhere(media);
    const before = all();
    fieldMask.span(record, 'name');
    expect(all()).toBe(before);
  });
});

describe('a mask module', () => {
  it('is told what each text is, and gets it after the rules', async () => {
    const calls: (MaskField & { text: string })[] = [];
    const { fieldMask } = await openWith((text: string, field: MaskField) => {
      calls.push({ ...field, text });
      return text.toUpperCase();
    }, {});
    const record = recordOf({ input: `an ${EMAIL}`, metadata: new Map([['bot', 'b1']]), foreign: foreignWith('f') });
    fieldMask.span(record, 'intent.llm');
    fieldMask.trace(Object.assign(new TraceFields(), { userId: 'u1', tags: ['t'] }));
    const of = { observationType: 'generation', name: 'intent.llm' };
    const ofTrace = { observationType: undefined, name: undefined, key: undefined };
    expect(calls).toContainEqual({ ...of, kind: 'input', key: undefined, text: 'an [masked:email]' });
    expect(calls).toContainEqual({ ...of, kind: 'metadata', key: 'bot', text: 'b1' });
    expect(calls).toContainEqual({ ...of, kind: 'attribute', key: 'plain', text: 'f' });
    expect(calls).toContainEqual({ ...of, kind: 'eventAttribute', key: 'exception.message', text: 'f' });
    expect(calls).toContainEqual({ ...ofTrace, kind: 'userId', text: 'u1' });
    expect(calls).toContainEqual({ ...ofTrace, kind: 'tag', text: 't' });
    expect(record.fields.input).toBe('AN [MASKED:EMAIL]');
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError(`cannot take ${EMAIL}`);
      },
    ],
    [
      'throws an error that quotes the text in its name',
      () => {
        throw Object.assign(new Error('x'), { name: EMAIL });
      },
    ],
    [
      'throws an error that cannot be read',
      () => {
        throw Object.defineProperty(new Error('x'), 'name', {
          get: () => {
            throw new Error(EMAIL);
          },
        });
      },
    ],
    [
      'throws something odd',
      () => {
        throw null;
      },
    ],
    ['returns a promise', async (text: string) => text],
    ['returns a promise that is rejected', () => Promise.reject(new Error(EMAIL))],
    [
      'returns something that could be awaited',
      (text: string) => Object.fromEntries([['then', (done: (text: string) => void) => done(text)]]),
    ],
    [
      'returns something whose properties throw',
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error(EMAIL);
            },
          },
        ),
    ],
    ['returns nothing', () => undefined],
    ['returns a number', () => 7],
    ['returns a text object', (text: string) => new String(text)],
    [
      'changes what it is told',
      (_text: string, field: MaskField) => {
        (field as { kind: string }).kind = EMAIL;
      },
    ],
  ])('that %s loses the field, counted and told once, never unmasked', async (_what, custom) => {
    const { fieldMask, seen } = await openWith(custom);
    const { record, trace, all } = everywhere(EMAIL, 'key');
    fieldMask.span(record, 'name');
    fieldMask.trace(trace);
    expect(all()).not.toContain(EMAIL);
    expect(record.fields.input).toBe('[mask failed]');
    expect(seen.lost).toBe(all().match(/\[mask failed]/g)!.length);
    expect(seen.log).toHaveLength(1);
    expect(seen.log[0]).not.toContain(EMAIL);
  });

  it('that fails once goes on with the next field', async () => {
    let calls = 0;
    const { fieldMask, seen } = await openWith((text: string) => {
      calls++;
      if (calls === 1) throw new Error('first');
      return text;
    });
    const record = recordOf({ input: 'a', output: 'b' });
    fieldMask.span(record, 'name');
    expect(record.fields).toMatchObject({ input: '[mask failed]', output: 'b' });
    expect(seen.lost).toBe(1);
  });

  it('is waited for', async () => {
    let finish = (_custom: MaskFunction): void => undefined;
    const load = () => new Promise<MaskFunction>((resolve) => (finish = resolve));
    const { fieldMask } = open({ mask: './mask.mjs', load });
    expect(fieldMask.isReady).toBe(false);
    finish((text) => text);
    await fieldMask.ready;
    expect(fieldMask.isReady).toBe(true);
  });

  it('that fails to load with something that cannot be shown is still told', async () => {
    const { fieldMask, seen } = open({ mask: './mask.mjs', load: () => Promise.reject(Object.create(null)) });
    await fieldMask.ready;
    expect(seen.log).toEqual([expect.stringContaining('cannot be shown')]);
    expect(fieldMask.name('seven')).toBe('[mask failed]');
  });

  it('that cannot be loaded loses every field, told once', async () => {
    const load = () => Promise.reject(new Error('no such file'));
    const { fieldMask, seen } = open({ mask: './mask.mjs', load });
    await fieldMask.ready;
    const { record, trace, all } = everywhere('seven', 'key');
    fieldMask.span(record, 'name');
    fieldMask.trace(trace);
    expect(all()).not.toContain('seven');
    expect(fieldMask.name('seven')).toBe('[mask failed]');
    expect(seen.log).toEqual([expect.stringMatching(/mask\.mjs cannot be used, .*: no such file$/)]);
    expect(seen.lost).toBeGreaterThan(10);
  });
});

describe('a mask that cannot be followed', () => {
  it.each([
    ['for want of rules', undefined, { rules: [] }],
    ['because of a pattern that could take long', maskEngine, { patterns: [{ name: 'slow', pattern: /(?:a+)+b/ }] }],
  ])('%s lets nothing through, and says so', (_, engine, rules: MaskRules) => {
    const log: string[] = [];
    let lost = 0;
    const onLost = () => {
      lost++;
    };
    const settings = { mask: settingsOf(rules) };
    const fieldMask = new FieldMask({ settings, engine, log: (line) => log.push(line), onLost });
    const record = recordOf({ input: 'aaa', metadata: new Map([['key', 1]]), foreign: foreignWith('aaa') });
    fieldMask.span(record, 'a');
    expect(fieldMask.isReady).toBe(true);
    expect(record.fields.input).toBe('[mask failed]');
    expect([...(record.fields.metadata ?? [])]).toEqual([['[mask failed]', '[mask failed]']]);
    expect(JSON.stringify(record.fields.foreign)).not.toContain('aaa');
    expect(lost).toBeGreaterThan(2);
    expect(log[0]).toMatch(/cannot be used, so every field is sent as "\[mask failed]"/);
  });
});

/** As in a bundle, where `configure` cannot check patterns. */
function settingsOf({ rules = [], patterns = [] }: MaskRules): NonNullable<ReturnType<typeof maskSettings>> {
  const plain = patterns.map(({ name, pattern: { source, flags } }) => ({
    name,
    source,
    flags,
    replacement: undefined,
  }));
  return { rules, keys: [], patterns: plain, moduleUrl: undefined };
}
