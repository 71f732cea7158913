import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createObserving, type Observing, runBoth, turns, unhandledDuring } from '../../test/support/observing.js';
import { observe } from './observe.js';

let observing: Observing;

beforeEach(() => {
  observing = createObserving();
});

const NODE_MAJOR = Number(process.versions.node.split('.')[0]);

interface Source {
  readonly stream: ReadableStream<string>;
  readonly log: string[];
}

/** Gives a, b, c, and tells what is asked of it. */
function source(options: { failsAfter?: number; cancelFails?: boolean } = {}): Source {
  const log: string[] = [];
  const chunks = ['a', 'b', 'c'];
  let given = 0;
  const stream = new ReadableStream<string>(
    {
      async pull(controller) {
        log.push('pull');
        await turns(1);
        if (given === options.failsAfter) throw new RangeError('mid-stream');
        const chunk = chunks[given++];
        if (chunk !== undefined) controller.enqueue(chunk);
        if (given === chunks.length) controller.close();
      },
      cancel(reason) {
        log.push(`cancel ${reason}`);
        if (options.cancelFails) throw new Error('cannot cancel');
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, log };
}

const ended = () => observing.ended().map(({ level, fields }) => [level, fields.output ?? fields.statusMessage]);

/** What consumers do with a stream; each returns what it saw. */
const CONSUMERS: readonly [string, (stream: ReadableStream<string>) => Promise<unknown>, unknown][] = [
  ['a reader', readAll, ['DEFAULT', 'abc']],
  [
    'a loop',
    async (stream) => {
      const all: string[] = [];
      for await (const chunk of stream) all.push(chunk);
      return all;
    },
    ['DEFAULT', 'abc'],
  ],
  [
    'a loop that is left',
    async (stream) => {
      for await (const chunk of stream) if (chunk === 'b') break;
      return stream.locked;
    },
    ['DEFAULT', 'ab'],
  ],
  [
    'a loop that is left and another one',
    async (stream) => {
      for await (const _ of stream.values({ preventCancel: true })) break;
      return [stream.locked, await readAll(stream)];
    },
    ['DEFAULT', 'abc'],
  ],
  ['cancel', async (stream) => stream.cancel('no need'), ['DEFAULT', undefined]],
  [
    'a reader that cancels',
    async (stream) => {
      const reader = stream.getReader();
      const first = await reader.read();
      await reader.cancel('enough');
      return [first, await reader.read(), await reader.closed];
    },
    ['DEFAULT', 'a'],
  ],
  [
    'two readers in turn',
    async (stream) => {
      const first = stream.getReader();
      const chunk = await first.read();
      first.releaseLock();
      const closed = await first.closed.catch((error: unknown) => String(error));
      return [chunk, closed, await first.read().catch(String), await readAll(stream)];
    },
    ['DEFAULT', 'abc'],
  ],
  [
    'a reader with several reads at once',
    async (stream) => {
      const reader = stream.getReader();
      return Promise.all([reader.read(), reader.read(), reader.read(), reader.read(), reader.closed]);
    },
    ['DEFAULT', 'abc'],
  ],
  ['pipeTo', async (stream) => pipeToList(stream), ['DEFAULT', 'abc']],
  [
    'pipeTo into what fails',
    async (stream) => {
      const failing = new WritableStream({ write: () => Promise.reject(new Error('disk full')) });
      const error = await stream.pipeTo(failing).catch(String);
      return [error, stream.locked];
    },
    ['DEFAULT', 'a'],
  ],
  [
    'pipeTo that gives the stream back',
    async (stream) => {
      const failing = new WritableStream({ write: () => Promise.reject(new Error('disk full')) });
      const error = await stream.pipeTo(failing, { preventCancel: true }).catch(String);
      return [error, stream.locked, await readAll(stream)];
    },
    ['DEFAULT', 'abc'],
  ],
  [
    'pipeTo that is aborted',
    async (stream) => {
      const error = await stream.pipeTo(new WritableStream(), { signal: AbortSignal.abort('stop') }).catch(String);
      return [error, stream.locked];
    },
    ['DEFAULT', undefined],
  ],
  [
    'pipeThrough',
    async (stream) => {
      const encoded = stream.pipeThrough(new TextEncoderStream() as ReadableWritablePair<Uint8Array, string>);
      return [stream.locked, await text(encoded as never)];
    },
    ['DEFAULT', 'abc'],
  ],
  [
    'tee, both read',
    async (stream) => {
      const [one, two] = stream.tee();
      return [stream.locked, await readAll(one), await pipeToList(two)];
    },
    ['DEFAULT', 'abc'],
  ],
  [
    'tee, one cancelled',
    async (stream) => {
      const [one, two] = stream.tee();
      void one.cancel('one');
      return readAll(two);
    },
    ['DEFAULT', 'abc'],
  ],
  [
    'tee, both cancelled',
    async (stream) => {
      const [one, two] = stream.tee();
      return Promise.all([one.cancel('one'), two.cancel('two')]);
    },
    ['DEFAULT', undefined],
  ],
  ['a response', async (stream) => textOfResponse(stream), ['DEFAULT', '[3 bytes in 3 chunks]']],
  [
    'a Node stream',
    async (stream) => text(Readable.fromWeb(stream as never)),
    // Newer ones read past the reader's own method, so that only the end is seen.
    ['DEFAULT', NODE_MAJOR < 26 ? 'abc' : undefined],
  ],
];

describe('an observed Web stream', () => {
  it.each(CONSUMERS)('gives the same to %s, and asks the same of its source', async (name, consume, expected) => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const { stream, log } = name === 'a response' ? bytes(source()) : source();
      const seen = await consume(wrap(() => stream)());
      await turns(5);
      return { seen, log };
    });
    expect(observed).toEqual(bare);
    expect(ended()).toEqual([expected]);
  });

  it.each(CONSUMERS)('fails for %s as the bare one does', async (name, consume) => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const { stream, log } = name === 'a response' ? bytes(source({ failsAfter: 1 })) : source({ failsAfter: 1 });
      const seen = await consume(wrap(() => stream)()).catch((error: unknown) => String(error));
      await turns(5);
      return { seen, log };
    });
    expect(observed).toEqual(bare);
    expect(observing.ended()).toHaveLength(1);
  });

  it.each(CONSUMERS)('leaves the rejections that %s ignores unhandled, and no others', async (name, consume) => {
    const { bare, observed } = await runBoth(observing, (wrap) =>
      unhandledDuring(async () => {
        const options = { failsAfter: 1, cancelFails: true };
        const { stream } = name === 'a response' ? bytes(source(options)) : source(options);
        void consume(wrap(() => stream)());
        await turns(10);
      }),
    );
    expect(observed.map(String)).toEqual(bare.map(String));
  });

  it('is the same object, unlocked, with its own properties, and pulls nothing by itself', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const { stream, log } = source();
      const made = wrap(() => Object.assign(stream, { tag: 'mine' }))();
      await turns(2);
      const facts = [made === stream, made.locked, Object.keys(made), log.length];
      await made.cancel();
      return facts;
    });
    expect(observed).toEqual(bare);
  });

  it('of bytes serves readers with buffers of their own, and divides into streams of bytes', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const [one, two] = wrap(() => byteStream())().tee();
      const whole = wrap(() => byteStream())();
      return [await readInto(one!), await readAll(two!), await readInto(whole)];
    });
    expect(observed).toEqual(bare);
    expect(ended()).toEqual([
      ['DEFAULT', '[6 bytes in 3 chunks]'],
      ['DEFAULT', '[6 bytes in 3 chunks]'],
    ]);
  });

  it('that was closed before its last chunk was read keeps that chunk', async () => {
    const make = () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue('first ');
          controller.enqueue('last');
          controller.close();
        },
      });
    await readAll(observe(make, { client: observing.client })());
    await pipeToList(observe(make, { client: observing.client })());
    expect(ended()).toEqual([
      ['DEFAULT', 'first last'],
      ['DEFAULT', 'first last'],
    ]);
  });

  it('tells an error and an end that nobody reads', async () => {
    let controller: ReadableStreamDefaultController | undefined;
    const make = () =>
      new ReadableStream({
        start(given) {
          controller = given;
        },
      });
    for (const finish of [() => controller?.error(new RangeError('lost')), () => controller?.close()]) {
      const reader = observe(make, { client: observing.client })().getReader();
      reader.closed.catch(() => undefined);
      finish();
      await turns(1);
    }
    expect(ended()).toEqual([
      ['ERROR', 'RangeError: lost'],
      ['DEFAULT', undefined],
    ]);
  });

  it('refuses what the bare one refuses, in the same words', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const { stream } = source();
      const made = wrap(() => stream)();
      const loose = made as unknown as Record<string, (...args: unknown[]) => unknown>;
      const errors = [
        () => loose.getReader?.({ mode: 'byob' }),
        () => loose.pipeTo?.(5),
        () => loose.pipeThrough?.(5),
        () => loose.pipeThrough?.({ readable: 1, writable: 2 }),
        () => loose.pipeThrough?.(new TransformStream(), { signal: 5 }),
        () => loose.getReader?.call({}),
      ];
      const refusals = await inTurn(errors);
      made.getReader();
      const locked = [
        () => made.getReader(),
        () => made.values(),
        () => made.tee(),
        () => made.cancel(),
        () => made.pipeTo(new WritableStream()),
        () => made.pipeThrough(new TransformStream()),
      ];
      return [...refusals, ...(await inTurn(locked))];
    });
    expect(observed).toEqual(bare);
    expect(observed.every((text) => text !== undefined)).toBe(true);
  });

  it('that somebody reads already is left alone', async () => {
    const { stream } = source();
    const reader = stream.getReader();
    const made = observe(() => stream, { client: observing.client })();
    expect(observing.ended()).toHaveLength(1);
    expect(made).toBe(stream);
    expect(await reader.read()).toEqual({ done: false, value: 'a' });
  });
});

async function readAll<T>(stream: ReadableStream<T>): Promise<T[]> {
  const reader = stream.getReader();
  const all: T[] = [];
  for (let step = await reader.read(); !step.done; step = await reader.read()) all.push(step.value);
  return all;
}

async function pipeToList<T>(stream: ReadableStream<T>): Promise<T[]> {
  const all: T[] = [];
  await stream.pipeTo(new WritableStream({ write: (chunk: T) => void all.push(chunk) }));
  return all;
}

function bytes({ stream, log }: Source): Source {
  const encoder = new TextEncoder();
  const encoded = new ReadableStream(
    {
      async pull(controller) {
        const step = await reader.read();
        if (step.done) controller.close();
        else controller.enqueue(encoder.encode(step.value));
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const reader = stream.getReader();
  return { stream: encoded as ReadableStream, log };
}

function textOfResponse(stream: ReadableStream): Promise<string> {
  return new Response(stream).text();
}

function byteStream(): ReadableStream<Uint8Array> {
  let given = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      given += 1;
      if (given > 3) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      controller.enqueue(new Uint8Array([given, given]));
    },
  });
}

async function readInto(stream: ReadableStream<Uint8Array>): Promise<number[]> {
  const reader = stream.getReader({ mode: 'byob' });
  const all: number[] = [];
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(8));
    if (value !== undefined) all.push(...value);
    if (done) return all;
  }
}

/** The errors that these give, thrown or rejected. */
async function inTurn(calls: readonly (() => unknown)[]): Promise<(string | undefined)[]> {
  const errors: (string | undefined)[] = [];
  for (const call of calls) {
    try {
      await call();
      errors.push(undefined);
    } catch (error) {
      errors.push(String(error));
    }
  }
  return errors;
}
