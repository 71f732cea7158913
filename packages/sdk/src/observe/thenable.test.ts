import { beforeEach, describe, expect, it } from 'vitest';
import { createObserving, type Observing, runBoth, unhandledDuring } from '../../test/support/observing.js';
import { observe } from './observe.js';

let observing: Observing;

beforeEach(() => {
  observing = createObserving();
});

/** Runs only when it is asked, as query builders do. */
class LazyQuery {
  static runs = 0;
  readonly #fails: boolean;

  constructor(fails = false) {
    this.#fails = fails;
  }

  limit(): this {
    return this;
  }

  // biome-ignore lint/suspicious/noThenProperty: the point of this class.
  then<A, B>(onRows: (rows: string[]) => A, onError: (error: unknown) => B): Promise<A | B> {
    LazyQuery.runs += 1;
    const rows = this.#fails ? Promise.reject<string[]>(new RangeError('no table')) : Promise.resolve(['row']);
    return rows.then(onRows, onError);
  }
}

/** A promise with a method of its own, as LLM libraries have. */
class ApiPromise<T> extends Promise<T> {
  raw(): string {
    return 'raw';
  }
}

describe('an observed thenable', () => {
  it('is the same object, and starts when its consumer asks', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const query = new LazyQuery();
      const before = LazyQuery.runs;
      const made = wrap(() => query)();
      const started = [LazyQuery.runs - before];
      const rows = await (made.limit() as unknown as Promise<string[]>);
      started.push(LazyQuery.runs - before);
      await (made as unknown as Promise<string[]>);
      started.push(LazyQuery.runs - before);
      return [made === query, started, rows, Object.keys(made)];
    });
    expect(observed).toEqual(bare);
    expect(observed[1]).toEqual([0, 1, 2]);
    expect(observing.ended().map(({ fields }) => fields.output)).toEqual(['["row"]']);
  });

  it('gives its rejection to its consumer, and to nobody where there is none', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const seen: unknown[] = [];
      const unhandled = await unhandledDuring(async () => {
        await (wrap(() => new LazyQuery(true))() as unknown as Promise<unknown>).then(
          () => seen.push('rows'),
          (error: unknown) => seen.push(String(error)),
        );
        const rejected = wrap(() => ApiPromise.reject<string>(new Error('handled')))();
        await rejected.catch((error: unknown) => seen.push(String(error)));
        wrap(() => ApiPromise.reject<string>(new Error('nobody')))();
      });
      return [seen, unhandled.map(String)];
    });
    expect(observed).toEqual(bare);
    expect(observed).toEqual([['RangeError: no table', 'Error: handled'], ['Error: nobody']]);
    expect(observing.ended().map(({ level }) => level)).toEqual(['ERROR', 'ERROR']);
  });

  it('keeps the class and the methods of a promise', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const promise = wrap(() => new ApiPromise<number>((resolve) => resolve(1)))();
      const derived = promise.then((n) => n + 1);
      const order: string[] = [];
      const [settled] = await Promise.allSettled([promise.finally(() => order.push('finally'))]);
      return [
        promise instanceof ApiPromise,
        promise.raw(),
        derived instanceof ApiPromise,
        await derived,
        order,
        settled,
      ];
    });
    expect(observed).toEqual(bare);
    expect(observing.ended()).toMatchObject([{ fields: { output: '1' } }]);
  });

  it('goes on with a stream that it gives', async () => {
    const followed = observe(
      () =>
        new ApiPromise<AsyncIterable<string>>((resolve) =>
          resolve(
            (async function* () {
              yield 'xin ';
              yield 'chào';
            })(),
          ),
        ),
      { client: observing.client },
    );
    const stream = await followed();
    expect(observing.ended()).toEqual([]);
    for await (const _ of stream);
    expect(observing.ended()).toMatchObject([{ fields: { output: 'xin chào' } }]);
  });

  it('gives the error of the handler that its consumer passed', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const failing = wrap(() => ApiPromise.resolve(1))().then(() => {
        throw new Error('in the handler');
      });
      return failing.catch(String);
    });
    expect(observed).toEqual(bare);
    expect(observing.ended()).toMatchObject([{ level: 'DEFAULT' }]);
  });
});
