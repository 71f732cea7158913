import { createReadStream, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, PassThrough, Readable, Transform, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { createObserving, type Observing, runBoth, turns } from '../../test/support/observing.js';
import { observe } from './observe.js';

let observing: Observing;

beforeEach(() => {
  observing = createObserving();
});

/** What a stream emits, in order. */
function eventsOf(stream: Readable): string[] {
  const events: string[] = [];
  for (const name of ['end', 'error', 'close', 'data', 'pause', 'resume']) {
    stream.on(name, (value) => events.push(value === undefined ? name : `${name} ${value}`));
  }
  return events;
}

describe('an observed Node stream', () => {
  it('is the same object without a listener of ours, and does not start by itself', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      let reads = 0;
      const source = new Readable({
        read() {
          reads += 1;
          this.push(null);
        },
      });
      const stream = wrap(() => source)();
      await turns(2);
      const listeners = stream.eventNames().map((name) => stream.listenerCount(name));
      const facts = [stream === source, reads, listeners, stream.readableFlowing, stream.readableLength];
      stream.resume();
      await turns(2);
      return facts;
    });
    expect(observed).toEqual(bare);
    expect(observed).toEqual([true, 0, [], null, 0]);
    expect(observing.ended()).toHaveLength(1);
  });

  it.each<[string, (stream: Readable) => Promise<unknown>]>([
    [
      'a loop',
      async (stream) => {
        const all: unknown[] = [];
        for await (const chunk of stream) all.push(chunk);
        return all;
      },
    ],
    ['pipeline', async (stream) => pipeline(stream, collector())],
    ['pipe', (stream) => new Promise((resolve) => stream.pipe(collector()).on('finish', () => resolve('finished')))],
    [
      'data listeners',
      (stream) => new Promise((resolve) => stream.on('data', () => 0).on('end', () => resolve('ended'))),
    ],
    ['read()', (stream) => readPaused(stream)],
    ['consumers', (stream) => text(stream)],
    ['a Web stream', (stream) => text(Readable.toWeb(stream) as ReadableStream)],
    ['operators', (stream) => stream.map((chunk: Buffer) => `${chunk}!`).toArray()],
  ])('ends when it is consumed by %s, with what was consumed', async (_, consume) => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const stream = wrap(() => Readable.from(['one ', 'two']))();
      return String(await consume(stream));
    });
    expect(observed).toEqual(bare);
    await turns(2);
    expect(observing.ended().map(({ level, fields }) => [level, fields.output])).toEqual([['DEFAULT', 'one two']]);
  });

  it('emits the same events in the same order', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const upper = wrap(
        () =>
          new Transform({
            decodeStrings: false,
            encoding: 'utf8',
            transform(chunk: string, _, done) {
              done(null, chunk.toUpperCase());
            },
          }),
      )();
      const events = eventsOf(upper);
      upper.write('a');
      upper.end('b');
      await turns(4);
      return events;
    });
    expect(observed).toEqual(bare);
    expect(observing.ended()).toMatchObject([{ fields: { output: 'AB' } }]);
  });

  it('fails with the error it was destroyed with, and ends where it was destroyed without one', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const seen: unknown[] = [];
      for (const error of [new RangeError('cut'), undefined]) {
        const stream = wrap(() => new PassThrough({ encoding: 'utf8' }))();
        const events = eventsOf(stream);
        stream.write('first');
        await turns(2);
        stream.destroy(error);
        await turns(2);
        seen.push(events, stream.errored);
      }
      return seen;
    });
    expect(observed).toEqual(bare);
    expect(observing.ended().map(({ level, fields }) => [level, fields.statusMessage ?? fields.output])).toEqual([
      ['ERROR', 'RangeError: cut'],
      ['DEFAULT', 'first'],
    ]);
  });

  it('crashes the process with an error that nobody listens to, as the bare one does', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const stream = wrap(() => new PassThrough())();
      const crashed = uncaught();
      stream.destroy(new Error('nobody listens'));
      return String(await crashed);
    });
    expect(observed).toEqual(bare);
    expect(observed).toBe('Error: nobody listens');
  });

  it('fails in a pipeline whose target fails, with the same error for all', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const stream = wrap(() => Readable.from(['a', 'b', 'c']))();
      const failing = new Writable({
        objectMode: true,
        write: (_chunk, _encoding, done) => done(new Error('disk full')),
      });
      return String(await pipeline(stream, failing).catch((error: unknown) => error));
    });
    expect(observed).toEqual(bare);
    await turns(2);
    expect(observing.ended()).toHaveLength(1);
  });

  it('may be a duplex: it ends with what it gives, not with what it takes', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const duplex = wrap(
        () =>
          new Duplex({
            encoding: 'utf8',
            read() {
              this.push('answer');
              this.push(null);
            },
            write: (_chunk, _encoding, done) => done(),
          }),
      )();
      duplex.end('question');
      await turns(2);
      const endedEarly = observing.recording.recorder.counts.length > 0 && duplex.writableFinished;
      return [endedEarly, await text(duplex)];
    });
    expect(observed).toEqual(bare);
    await turns(2);
    expect(observing.ended()).toMatchObject([{ fields: { output: 'answer' } }]);
  });

  it('that is over already ends its observation with the call', async () => {
    const { client } = observing;
    const ended = Readable.from(['x']);
    await text(ended);
    await turns(2);
    const failed = new PassThrough();
    failed.on('error', () => undefined).destroy(new Error('before'));
    await turns(2);
    observe(() => ended, { client })();
    observe(() => failed, { client })();
    expect(observing.ended().map(({ level }) => level)).toEqual(['DEFAULT', 'ERROR']);
  });

  it('of bytes is counted, not kept', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'slipstream-stream-')), 'bytes');
    writeFileSync(file, Buffer.alloc(200_000));
    const stream = observe(() => createReadStream(file, { highWaterMark: 50_000 }), { client: observing.client })();
    let size = 0;
    for await (const chunk of stream) size += (chunk as Buffer).length;
    expect(size).toBe(200_000);
    expect(observing.ended()[0]?.fields.output).toBe('[200000 bytes in 4 chunks]');
  });
});

function collector(): Writable {
  return new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() });
}

async function readPaused(stream: Readable): Promise<string> {
  let all = '';
  await new Promise<void>((resolve) => {
    stream.on('readable', () => {
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) all += chunk;
    });
    stream.on('end', () => resolve());
  });
  return all;
}

/** The next uncaught exception; those who listen for them stay away meanwhile. */
async function uncaught(): Promise<unknown> {
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const error = await new Promise((resolve) => process.once('uncaughtException', resolve));
  for (const listener of listeners) process.on('uncaughtException', listener);
  return error;
}
