import { Readable } from 'node:stream';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { createRecording, type NamedSpan, type Recording } from '../../test/support/recording.js';
import type { Client } from '../client/client.js';
import { processState } from '../context/active-span.js';
import { observe } from './observe.js';

let recording: Recording;
let client: Client;

beforeEach(() => {
  recording = createRecording();
  client = {
    enabled: true,
    captureInput: true,
    captureOutput: true,
    recorder: recording.recorder,
  } as unknown as Client;
});

/** Ended spans with their inputs joined in. */
function spans(): (NamedSpan & { input: string | undefined })[] {
  const { spans: ended, starts } = recording.take();
  const inputs = new Map(starts.map((start) => [start.spanId, start.fields.input]));
  return ended.map((span) => ({ ...span, input: inputs.get(span.spanId) }));
}

describe('observe', () => {
  it('records name, input and output, and gives the result back', () => {
    const add = observe((a: number, b: number) => a + b, { name: 'add', client });
    expect(add(1, 2)).toBe(3);
    const [span] = spans();
    expect(span).toMatchObject({
      name: 'add',
      type: 'span',
      input: '[1,2]',
      fields: { output: '3' },
      parentSpanId: '',
    });
  });

  it('keeps this, name, length and type of the function', () => {
    const counter = {
      base: 10,
      add(this: { base: number }, by: number): number {
        return this.base + by;
      },
    };
    const add = observe(counter.add, { client });
    expect(add.call({ base: 10 }, 5)).toBe(15);
    expect([add.name, add.length]).toEqual(['add', 1]);
    expectTypeOf(add).toEqualTypeOf<typeof counter.add>();
    expect(spans()[0]).toMatchObject({ name: 'add', input: '5' });
  });

  it('captures nothing for no arguments, and what options and client say otherwise', () => {
    observe(() => undefined, { client })();
    observe((x: number) => x, { client, captureInput: false, captureOutput: false })(1);
    Object.assign(client, { captureInput: false, captureOutput: false });
    observe((x: number) => x, { client })(1);
    observe((x: number) => x, { client, captureInput: true })(7);
    expect(spans().map(({ input, fields }) => [input, fields.output])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
      ['7', undefined],
    ]);
  });

  it('copies the input before the function can change it', () => {
    observe((list: number[]) => list.push(2), { client })([1]);
    expect(spans()[0]?.input).toBe('[1]');
  });

  it('nests what runs inside, also after an await and side by side', async () => {
    const leaf = observe(async (n: number) => n, { name: 'leaf', client });
    const step = observe(
      async (n: number) => {
        await leaf(n);
        await new Promise((resolve) => setImmediate(resolve));
        return leaf(n);
      },
      { name: 'step', client },
    );
    await observe(() => Promise.all([step(1), step(2)]), { name: 'root', client })();
    const all = spans();
    const parentOf = (span: NamedSpan): string | undefined =>
      all.find((other) => other.spanId === span.parentSpanId)?.name;
    expect(all.map((span) => [span.name, parentOf(span)]).sort()).toEqual([
      ['leaf', 'step'],
      ['leaf', 'step'],
      ['leaf', 'step'],
      ['leaf', 'step'],
      ['root', undefined],
      ['step', 'root'],
      ['step', 'root'],
    ]);
    expect(new Set(all.map((span) => span.traceId)).size).toBe(1);
  });

  it('records an error and rethrows the same one, sync and async', async () => {
    const error = new RangeError('too far');
    const fail = observe(
      () => {
        throw error;
      },
      { name: 'sync', client },
    );
    const reject = observe(
      async () => {
        throw error;
      },
      { name: 'async', client },
    );
    expect(() => fail()).toThrow(error);
    await expect(reject()).rejects.toBe(error);
    for (const span of spans()) {
      expect(span).toMatchObject({ level: 'ERROR', fields: { statusMessage: 'RangeError: too far' } });
    }
  });

  it('survives an error whose text throws', () => {
    const hostile = {
      toString: () => {
        throw new Error('again');
      },
    };
    expect(() =>
      observe(
        () => {
          throw hostile;
        },
        { client },
      )(),
    ).toThrow();
    expect(spans()[0]?.level).toBe('ERROR');
  });

  it('leaves a rejection that nobody handles unhandled', async () => {
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const unhandled = new Promise<unknown>((resolve) => process.once('unhandledRejection', resolve));
    void observe(
      async () => {
        throw new Error('lost');
      },
      { client },
    )();
    await expect(unhandled).resolves.toMatchObject({ message: 'lost' });
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });

  it('costs nothing and records nothing when the client is disabled', () => {
    client.enabled = false;
    expect(observe((x: number) => x + 1, { client })(1)).toBe(2);
    expect(spans()).toEqual([]);
  });

  it('keeps an output that the function set itself', () => {
    observe(
      () => {
        processState.storage.getStore()?.local?.update({ output: 'set inside' });
        return 'returned';
      },
      { client },
    )();
    expect(spans()[0]?.fields.output).toBe('set inside');
  });
});

describe('observe as a decorator', () => {
  it('wraps methods and static methods with their this', async () => {
    class Lesson {
      readonly title = 'Numbers';
      @observe({
        name: 'lesson.webhook',
        client: {
          get enabled() {
            return client.enabled;
          },
          get recorder() {
            return client.recorder;
          },
          captureInput: true,
          captureOutput: true,
        } as unknown as Client,
      })
      async webhook(text: string): Promise<string> {
        return `${this.title}: ${text}`;
      }
    }
    expect(await new Lesson().webhook('một')).toBe('Numbers: một');
    expect(spans()[0]).toMatchObject({ name: 'lesson.webhook', input: 'một', fields: { output: 'Numbers: một' } });
    expectTypeOf(new Lesson().webhook).toEqualTypeOf<(text: string) => Promise<string>>();
  });

  it('serves experimentalDecorators', () => {
    const descriptor = { value: (x: number) => x * 2, writable: true, configurable: true };
    const decorated = observe({ client })({}, 'double', descriptor);
    expect((decorated.value as (x: number) => number)(4)).toBe(8);
    expect(spans()[0]?.name).toBe('double');
  });
});

describe('results that go on', () => {
  it('end their span when a generator is done, and its steps run inside the span', () => {
    const inner = observe(() => 1, { name: 'inner', client });
    const outer = observe(
      function* () {
        yield inner();
        yield 2;
      },
      { name: 'outer', client },
    );
    const generator = outer();
    expect(spans()).toEqual([]);
    expect([...generator]).toEqual([1, 2]);
    const all = spans();
    expect(all.map((span) => span.name)).toEqual(['inner', 'outer']);
    expect(all[0]?.parentSpanId).toBe(all[1]?.spanId);
    expect(all[1]?.fields.output).toBe('[1,2]');
  });

  it('end when an async generator is left early', async () => {
    const tokens = observe(
      async function* tokens() {
        yield 'xin ';
        yield 'chào';
        yield '!';
      },
      { client },
    );
    for await (const token of tokens()) if (token === 'chào') break;
    expect(spans()[0]?.fields.output).toBe('xin chào');
  });

  it('end with the error of a generator that throws', async () => {
    const broken = observe(
      async function* broken() {
        yield 1;
        throw new Error('mid-stream');
      },
      { client },
    );
    await expect(async () => {
      for await (const _ of broken());
    }).rejects.toThrow('mid-stream');
    expect(spans()[0]).toMatchObject({ level: 'ERROR', fields: { statusMessage: 'Error: mid-stream' } });
  });

  it('keep a promise class with its own methods, and end when it settles', async () => {
    class Lazy extends Promise<string> {
      raw(): string {
        return 'raw';
      }
    }
    const lazy = observe(() => new Lazy((resolve) => resolve('done')), { client })();
    expect(lazy.raw()).toBe('raw');
    expect(await lazy).toBe('done');
    expect(spans()[0]?.fields.output).toBe('done');
  });

  it('do not start a lazy thenable', async () => {
    let runs = 0;
    // biome-ignore-start lint/suspicious/noThenProperty: the point of this test.
    const query = observe(
      () => ({
        then: (resolve: (value: number) => void) => {
          runs += 1;
          resolve(5);
        },
      }),
      { client },
    )();
    // biome-ignore-end lint/suspicious/noThenProperty: see above.
    expect([runs, spans().length]).toEqual([0, 0]);
    expect(await query).toBe(5);
    expect([runs, spans()[0]?.fields.output]).toEqual([1, '5']);
  });

  it('follow an async iterable with further methods, such as an LLM stream', async () => {
    const stream = {
      controller: 'here',
      async *[Symbol.asyncIterator]() {
        yield 'a';
        yield 'b';
      },
    };
    const followed = observe(async () => stream, { client });
    const result = await followed();
    expect(result).toBe(stream);
    for await (const _ of result);
    expect(spans()[0]?.fields.output).toBe('ab');
  });

  it('follow a Node stream to its end without starting it', async () => {
    const made = observe(() => Readable.from(['one ', 'two']), { client })();
    expect(spans()).toEqual([]);
    const chunks: string[] = [];
    for await (const chunk of made) chunks.push(chunk as string);
    expect(chunks.join('')).toBe('one two');
    await new Promise((resolve) => setImmediate(resolve));
    expect(spans()[0]?.fields.output).toBe('one two');
  });

  it('follow a Web stream, pull only when pulled, and pass a cancel on', async () => {
    let [pulls, cancelled] = [0, ''];
    const make = (): ReadableStream<string> =>
      new ReadableStream<string>(
        {
          pull(controller) {
            pulls += 1;
            controller.enqueue(`chunk ${pulls};`);
          },
          cancel(reason) {
            cancelled = String(reason);
          },
        },
        { highWaterMark: 0 },
      );
    const reader = observe(make, { client })().getReader();
    await new Promise((resolve) => setImmediate(resolve));
    expect(pulls).toBe(0);
    expect((await reader.read()).value).toBe('chunk 1;');
    await reader.cancel('enough');
    expect(cancelled).toBe('enough');
    expect(spans()[0]?.fields.output).toBe('chunk 1;');
  });
});
