import { AsyncLocalStorage } from 'node:async_hooks';
import { beforeEach, describe, expect, it } from 'vitest';
import { createObserving, type Observing, runBoth, turns, unhandledDuring } from '../../test/support/observing.js';
import { observe } from './observe.js';

let observing: Observing;

beforeEach(() => {
  observing = createObserving();
});

describe('an observed generator', () => {
  it('gives the same steps, whatever is sent, thrown or returned into it', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      const count = wrap(function* (from: number): Generator<number, string, number> {
        let at = from;
        try {
          while (at < 100) at += yield at;
          return 'done';
        } catch (error) {
          at = yield Number(error);
          return `caught ${at}`;
        } finally {
          yield -1;
        }
      });
      const toEnd = count(1);
      const thrown = count(1);
      const returned = count(1);
      const unstarted = count(1);
      const failed = count(1);
      return [
        [toEnd.next(), toEnd.next(10), toEnd.next(100), toEnd.next(), toEnd.next()],
        [thrown.next(), thrown.throw(7), thrown.next(8), thrown.next(), thrown.return('x')],
        [returned.next(), returned.return('early'), returned.next(), returned.next()],
        [unstarted.return('never'), unstarted.next()],
        [caught(() => failed.throw(new RangeError('before'))), failed.next()],
        [toList(count(99)), toList(count(99)).length],
      ];
    });
    expect(observed).toEqual(bare);
    expect(observing.ended().map(({ level, fields }) => [level, fields.output ?? fields.statusMessage])).toEqual([
      ['DEFAULT', '[1,11,-1,"done"]'],
      ['DEFAULT', '[1,7,-1,"caught 8"]'],
      ['DEFAULT', '[1,-1,"early"]'],
      ['DEFAULT', 'never'],
      ['ERROR', 'RangeError: before'],
      ['DEFAULT', '[99,-1,"done"]'],
      ['DEFAULT', '[99,-1,"done"]'],
    ]);
  });

  it('is the same object, and of the same kind', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      const generate = wrap(function* () {
        yield 1;
      });
      const generator = generate();
      return [
        generator[Symbol.iterator]() === generator,
        generator instanceof generate,
        Object.prototype.toString.call(generator),
        Object.keys(generator),
        `${generator}`,
      ];
    });
    expect(observed).toEqual(bare);
  });

  it('refuses to step itself while it runs, and goes on', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      const generate = wrap(function* (): Generator<unknown> {
        yield caught(() => generator.next());
        yield 2;
      });
      const generator = generate();
      return [...generator].map(String);
    });
    expect(observed).toEqual(bare);
    expect(observing.ended()).toMatchObject([{ level: 'DEFAULT' }]);
  });

  it('gives the error of a receiver that is no generator, as the bare one does', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      const { next } = wrap(function* () {
        yield 1;
      })();
      return String(caught(() => next.call({} as never)));
    });
    expect(observed).toEqual(bare);
  });

  it('nests what its body does below it, whoever takes the steps', async () => {
    const { client } = observing;
    const inner = observe((n: number) => n, { name: 'inner', client });
    const numbers = observe(
      async function* () {
        yield inner(1);
        await turns(1);
        yield inner(2);
      },
      { name: 'numbers', client },
    );
    const generator = observe(() => numbers(), { name: 'maker', client })();
    await observe(
      async () => {
        for await (const _ of generator) inner(0);
      },
      { name: 'consumer', client },
    )();
    const spans = observing.ended();
    const named = (name: string) => spans.filter((span) => span.name === name);
    const nameOf = (spanId: string) => spans.find((span) => span.spanId === spanId)?.name;
    expect(named('inner').map(({ input, parentSpanId }) => [input, nameOf(parentSpanId)])).toEqual([
      ['1', 'numbers'],
      ['0', 'consumer'],
      ['2', 'numbers'],
      ['0', 'consumer'],
    ]);
    expect(nameOf(named('numbers')[0]!.parentSpanId)).toBe('maker');
  });

  it('sees the async context of the step, as the bare one does', async () => {
    const storage = new AsyncLocalStorage<string>();
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const contexts = wrap(async function* () {
        for (;;) yield storage.getStore();
      })();
      const first = await storage.run('first', () => contexts.next());
      const second = await storage.run('second', () => contexts.next());
      await contexts.return(undefined as never);
      return [first, second];
    });
    expect(observed).toEqual(bare);
  });
});

describe('an observed async generator', () => {
  it('gives the same steps in the same order, also to steps asked for at once', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const letters = wrap(async function* (): AsyncGenerator<string, string, unknown> {
        try {
          yield 'a';
          await turns(1);
          yield 'b';
          return 'end';
        } finally {
          await turns(1);
        }
      });
      const generator = letters();
      const order: string[] = [];
      const steps = [generator.next(), generator.next(), generator.return('x'), generator.next()];
      for (const [index, step] of steps.entries()) void step.then(() => order.push(`${index}`));
      const results = await Promise.all(steps);
      const early = letters();
      await early.next();
      return [results, order, await early.return('left'), await early.next()];
    });
    expect(observed).toEqual(bare);
    expect(observing.ended().map(({ fields }) => fields.output)).toEqual(['abx', 'aleft']);
  });

  it('leaves a rejected step that nobody handles unhandled', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) =>
      unhandledDuring(async () => {
        const broken = wrap(async function* () {
          yield 1;
          throw new RangeError('mid-stream');
        });
        const [ignored, handled] = [broken(), broken()];
        await ignored.next();
        await handled.next();
        void ignored.next();
        await handled.next().catch(() => undefined);
      }),
    );
    expect(observed.map(String)).toEqual(bare.map(String));
    expect(observed).toHaveLength(1);
  });

  it('ends when a loop is left by break, return or throw, and after a throw of its own', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const letters = wrap(async function* () {
        yield 'a';
        yield 'b';
        throw new Error('own');
      });
      for await (const letter of letters()) if (letter === 'a') break;
      const left = await caughtAsync(async () => {
        for await (const letter of letters()) throw new Error(`at ${letter}`);
      });
      const own = await caughtAsync(async () => {
        for await (const _ of letters());
      });
      return [String(left), String(own)];
    });
    expect(observed).toEqual(bare);
    expect(observing.ended().map(({ fields }) => fields.output ?? fields.statusMessage)).toEqual([
      'a',
      'a',
      'Error: own',
    ]);
  });

  it('is delegated to and collected like a bare one', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const inner = wrap(async function* () {
        yield 1;
        yield 2;
        return 3;
      });
      const outer = wrap(async function* () {
        const returned = yield* inner();
        yield returned;
      });
      const all: unknown[] = [];
      for await (const value of outer()) all.push(value);
      return all;
    });
    expect(observed).toEqual(bare);
    expect(observing.ended()).toHaveLength(2);
  });
});

describe('other iterators', () => {
  it('are followed in place: of a class, of an array, and one that gives no object', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      class Countdown {
        #left = 2;
        [Symbol.iterator]() {
          return this;
        }
        next(): IteratorResult<number> {
          this.#left -= 1;
          return this.#left < 0 ? { done: true, value: undefined } : { done: false, value: this.#left };
        }
      }
      const broken: IterableIterator<number> = { [Symbol.iterator]: () => broken, next: () => 5 as never };
      return [
        [...wrap(() => new Countdown())()],
        [...wrap(() => [1, 2].values())()],
        [...wrap(() => new Map([['a', 1]]).entries())()],
        String(caught(() => [...wrap(() => broken)()])),
      ];
    });
    expect(observed).toEqual(bare);
    expect(observing.ended().map(({ fields }) => fields.output)).toEqual(['[1,0]', '[1,2]', '[["a",1]]']);
  });

  it('of an async iterable are all given, and the first tells its end', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const source = {
        async *[Symbol.asyncIterator]() {
          yield 'a';
          yield 'b';
        },
      };
      const iterable = wrap(() => source)();
      const seen: unknown[] = [iterable === source];
      for await (const value of iterable) seen.push(value);
      for await (const value of iterable) seen.push(value);
      return seen;
    });
    expect(observed).toEqual(bare);
    expect(observing.ended()).toMatchObject([{ fields: { output: 'ab' } }]);
  });

  it('that cannot be changed end their observation at once', () => {
    const frozen = Object.freeze(
      (function* () {
        yield 1;
      })(),
    );
    const result = observe(() => frozen, { client: observing.client })();
    expect(observing.ended()).toHaveLength(1);
    expect([...result]).toEqual([1]);
  });

  it('hand on a step whose properties throw', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      const step = {
        get done(): boolean {
          throw new RangeError('done');
        },
        value: 1,
      };
      const source: IterableIterator<number> = { [Symbol.iterator]: () => source, next: () => step };
      return wrap(() => source)().next() === step;
    });
    expect(observed).toEqual(bare);
  });

  it('keep no more of an endless stream than a record can hold', () => {
    const { client } = observing;
    const endless = observe(
      function* () {
        for (let n = 0; n < 50_000; n++) yield 'x'.repeat(100);
      },
      { client },
    );
    let count = 0;
    for (const _ of endless()) count++;
    expect(count).toBe(50_000);
    const output = observing.ended()[0]!.fields.output!;
    expect(output).toMatch(/…\[\+\d+ chunks\]$|characters\]$/);
    expect(output.length).toBeLessThan(300_000);
  });
});

function toList(iterable: Generator<number, string, number>): number[] {
  return [...(iterable as Iterable<number>)];
}

function caught(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}

async function caughtAsync(fn: () => Promise<unknown>): Promise<unknown> {
  try {
    return await fn();
  } catch (error) {
    return error;
  }
}
