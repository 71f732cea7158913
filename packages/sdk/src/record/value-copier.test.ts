import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecording } from '../../test/support/recording.js';

const recording = createRecording();

/** What arrives of an output: a plain string as it is, anything else as JSON text. */
function arrives(output: unknown, target = recording): string | undefined {
  target.recorder.start({ name: 'x', type: 0, hasInput: false, input: undefined }, undefined).end({ output });
  const { spans } = target.take();
  expect(spans).toHaveLength(1);
  return spans[0]?.fields.output;
}

describe('captured values', () => {
  it('arrive as JSON.stringify would write them, for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        // A zero's sign is lost in JSON text.
        if (typeof value !== 'string')
          expect(JSON.parse(arrives(value) ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 400 },
    );
  });

  it('keep every text, of any characters, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(arrives(text)).toBe(text);
        expect(JSON.parse(arrives([text]) ?? '')).toEqual([text]);
      }),
      { numRuns: 400 },
    );
    for (const text of [
      'xin chào các bạn nhé, hôm nay học gì?',
      '👩‍🏫 lớp học',
      '\ud800 alone',
      `${'a'.repeat(17)}é`,
      `${'a'.repeat(40)}ế`,
      '',
    ]) {
      expect(arrives(text)).toBe(text);
    }
  });

  class Pupil {
    name = 'An';
    readonly #secret = 1;
    get age(): number {
      return this.#secret;
    }
  }
  class Sealed {
    readonly #inside = 1;
    peek(): number {
      return this.#inside;
    }
  }

  it.each<[string, unknown, unknown]>([
    ['undefined in an object is left out', { a: undefined, b: 1 }, { b: 1 }],
    ['undefined in an array is null', [undefined, 1], [null, 1]],
    ['null', [null], [null]],
    ['numbers', [1, -0.5, 2 ** 31, 1e300], [1, -0.5, 2 ** 31, 1e300]],
    [
      'NaN and the infinities',
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      ['NaN', 'Infinity', '-Infinity'],
    ],
    ['BigInt', { n: 12345678901234567890n }, { n: '12345678901234567890' }],
    ['Date', [new Date(0), new Date(Number.NaN)], ['1970-01-01T00:00:00.000Z', 'Invalid Date']],
    [
      'Map with text keys',
      new Map<string, unknown>([
        ['a', 1],
        ['b', { c: 2 }],
      ]),
      { a: 1, b: { c: 2 } },
    ],
    [
      'Map with other keys',
      new Map<unknown, unknown>([
        [1, 'x'],
        [{ k: 1 }, 'y'],
      ]),
      [
        [1, 'x'],
        [{ k: 1 }, 'y'],
      ],
    ],
    ['Set', new Set([1, 'a']), [1, 'a']],
    ['class instance: own fields', new Pupil(), { name: 'An' }],
    ['class instance without fields: its name', [new Sealed()], ['[Sealed]']],
    ['toJSON', { toJSON: () => ({ shown: true }) }, { shown: true }],
    ['URL', [new URL('http://a.test/b')], ['http://a.test/b']],
    ['Buffer', [Buffer.alloc(1024)], ['[Buffer 1024 bytes]']],
    [
      'Uint8Array and ArrayBuffer',
      [new Uint8Array(3), new ArrayBuffer(5)],
      ['[Uint8Array 3 bytes]', '[ArrayBuffer 5 bytes]'],
    ],
    ['an embedding', new Float32Array([0.5, -1]), [0.5, -1]],
    ['functions and symbols', { f: () => 1, s: Symbol('x') }, { f: '[Function]', s: '[Symbol]' }],
    ['RegExp, Promise, boxed', [/a+/g, Promise.resolve(), Object(5)], ['/a+/g', '[Promise]', 5]],
    ['a null prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [
      'keys that name the prototype',
      JSON.parse('{"__proto__":{"x":1},"constructor":2}'),
      JSON.parse('{"__proto__":{"x":1},"constructor":2}'),
    ],
  ])('%s', (_, value, expected) => {
    expect(JSON.parse(arrives(value) ?? '')).toEqual(expected);
  });

  it('keep name, message, stack and cause of an error', () => {
    const error = Object.assign(new TypeError('broken', { cause: new Error('why') }), { code: 'E_X' });
    const kept = JSON.parse(arrives(error) ?? '');
    expect(kept).toMatchObject({ name: 'TypeError', message: 'broken', code: 'E_X', cause: { message: 'why' } });
    expect(kept.stack).toContain('value-copier.test');
  });

  it('mark a cycle, and keep what is shared without one', () => {
    const shared = { v: 1 };
    const value: Record<string, unknown> = { a: shared, b: shared };
    value.self = value;
    value.list = [value];
    expect(JSON.parse(arrives(value) ?? '')).toEqual({
      a: { v: 1 },
      b: { v: 1 },
      self: '[Circular]',
      list: ['[Circular]'],
    });
  });

  it('mark depth beyond 16', () => {
    let value: unknown = 'deep';
    for (let depth = 0; depth < 10_000; depth++) value = [value];
    expect(arrives(value)).toBe(`${'['.repeat(16)}"[Depth limit]"${']'.repeat(16)}`);
  });

  it('mark what throws while it is read, and keep the rest', () => {
    const hostile = {
      before: 1,
      get bad(): number {
        throw new Error('no');
      },
      json: {
        toJSON: (): never => {
          throw new Error('no');
        },
      },
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
      after: 2,
    };
    expect(JSON.parse(arrives(hostile) ?? '')).toEqual({
      before: 1,
      bad: '[Getter threw]',
      json: '[Threw while read]',
      proxy: '[Threw while read]',
      after: 2,
    });
  });
});

describe('the budget of a value', () => {
  const small = createRecording({ maxCaptureBytes: 1000 });

  it('keeps a text that just fits, and cuts a longer one with the count of what is left out', () => {
    // 5 bytes say what follows and how long it is.
    expect(arrives('a'.repeat(995), small)).toBe('a'.repeat(995));
    expect(arrives('a'.repeat(996), small)).toBe(`${'a'.repeat(995)}…[+1 characters]`);
    expect(arrives('a'.repeat(1_000_000), small)).toBe(`${'a'.repeat(995)}…[+999005 characters]`);
  });

  it('counts two bytes a character beyond Latin-1, and parts no surrogate pair', () => {
    expect(arrives('ế'.repeat(497), small)).toBe('ế'.repeat(497));
    expect(arrives('ế'.repeat(498), small)).toBe(`${'ế'.repeat(497)}…[+1 characters]`);
    expect(arrives('😀'.repeat(300), small)).toBe(`${'😀'.repeat(248)}…[+104 characters]`);
  });

  it('cuts arrays, objects and maps at an item, and stays valid JSON', () => {
    const list = JSON.parse(
      arrives(
        Array.from({ length: 5000 }, (_, index) => index),
        small,
      ) ?? '',
    ) as unknown[];
    expect(list.at(-1)).toBe(`…[+${5000 - (list.length - 1)} items]`);
    const object = JSON.parse(
      arrives(Object.fromEntries(list.map((_, index) => [`k${index}`, 'x'.repeat(20)])), small) ?? '',
    );
    expect(object['…']).toMatch(/^\[\+\d+ keys\]$/);
    expect(() =>
      JSON.parse(arrives(new Map(list.map((_, index) => [index, 'x'.repeat(20)])), small) ?? ''),
    ).not.toThrow();
  });

  it('keeps nested structures valid wherever the cut falls', () => {
    const value = {
      messages: [{ role: 'user', content: 'x'.repeat(400), parts: [{ a: [1, 2, 3] }] }, { role: 'b' }, 'tail'],
    };
    for (let bytes = 64; bytes < 700; bytes += 7) {
      const cut = createRecording({ maxCaptureBytes: bytes, bufferBytes: 65_536 });
      expect(() => JSON.parse(arrives(value, cut) ?? '')).not.toThrow();
    }
  });

  it('does not read a sparse array of a billion to its end', () => {
    const sparse: unknown[] = [];
    sparse.length = 1_000_000_000;
    expect(arrives(sparse, small)).toContain('items]');
  });
});

describe('a full ring', () => {
  it('drops whole spans, counts them, and leaves what is in it readable', () => {
    const full = createRecording({ bufferBytes: 65_536, maxCaptureBytes: 1000 });
    for (let index = 0; index < 1000; index++) {
      full.recorder
        .start({ name: 'x', type: 0, hasInput: false, input: undefined }, undefined)
        .end({ output: 'y'.repeat(500) });
    }
    const [started, handedOver, dropped] = [16, 18, 19].map((slot) => full.memory.counts[slot]);
    expect(started).toBe(1000);
    expect(dropped).toBeGreaterThan(0);
    expect((handedOver ?? 0) + (dropped ?? 0)).toBe(1000);
    expect(full.take().spans).toHaveLength(handedOver ?? -1);
  });
});
