import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { createObserving, type Observing, runBoth, unhandledDuring } from '../../test/support/observing.js';
import { observe } from './observe.js';

let observing: Observing;

beforeEach(() => {
  observing = createObserving();
});

describe('an observed function', () => {
  it('has the name, length, kind and own properties of the bare one', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      const symbol = Symbol.for('slipstream.test');
      const tagged = Object.assign((a: number, b: number) => a + b, { displayName: 'Add', [symbol]: 1 });
      Object.defineProperty(tagged, 'hidden', { value: 2, enumerable: false });
      const functions = [
        tagged,
        async () => 1,
        function* generator() {
          yield 1;
        },
        async function* asyncGenerator() {
          yield 1;
        },
        function plain(_a: unknown) {
          return undefined;
        },
        () => undefined,
      ];
      return functions.map((fn) => {
        const wrapped = wrap(fn) as typeof fn & Record<PropertyKey, unknown>;
        const { displayName, hidden } = wrapped as unknown as Record<string, unknown>;
        return [
          wrapped.name,
          wrapped.length,
          wrapped.constructor.name,
          Object.prototype.toString.call(wrapped),
          Object.keys(wrapped),
          displayName,
          hidden,
          wrapped[symbol],
        ];
      });
    });
    expect(observed).toEqual(bare);
    expect(observed[0]?.slice(4)).toEqual([['displayName'], 'Add', 2, 1]);
  });

  it('passes this, arguments and result on as they are', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      const self = { sum: wrap((...args: number[]) => args.reduce((sum, n) => sum + n, 0)) };
      const readThis = wrap(function (this: unknown) {
        return this;
      });
      const result = { same: true };
      return [
        self.sum(),
        self.sum(1, 2, 3),
        readThis.call('text'),
        readThis.call(undefined),
        Reflect.apply(readThis, undefined, []),
        wrap(() => result)() === result,
        wrap((...args: unknown[]) => args.length)(undefined, undefined),
      ];
    });
    expect(observed).toEqual(bare);
  });

  it('throws the same error object, whatever is thrown', async () => {
    const thrown = [new RangeError('far'), 'text', undefined, null, 0, Symbol('s'), Object.freeze({}), revoked()];
    for (const error of thrown) {
      const { bare, observed } = await runBoth(observing, async (wrap) => {
        const caught: unknown[] = [];
        const fail = wrap(() => {
          throw error;
        });
        const reject = wrap(async () => {
          throw error;
        });
        const run = [fail, reject];
        for (const each of run) {
          try {
            await each();
          } catch (reason) {
            caught.push(reason === error);
          }
        }
        return caught;
      });
      expect(observed).toEqual(bare);
      expect(observed).toEqual([true, true]);
      expect(observing.ended().map(({ level }) => level)).toEqual(['ERROR', 'ERROR']);
    }
  });

  it('hands results on that throw when they are looked at', () => {
    const hostile = hostileProxy();
    const gone = revoked();
    expect(observe(() => hostile, { client: observing.client })() === hostile).toBe(true);
    expect(observe(() => gone, { client: observing.client })() === gone).toBe(true);
    expect(observing.ended()).toHaveLength(2);
  });

  it('leaves unhandled rejections unhandled, and handled ones handled', async () => {
    const { bare, observed } = await runBoth(observing, async (wrap) => {
      const reject = wrap(async (reason: string) => {
        throw reason;
      });
      return unhandledDuring(async () => {
        void reject('nobody');
        reject('somebody').catch(() => undefined);
        await reject('a try').catch(() => undefined);
        const late = reject('late');
        void late.finally(() => undefined).catch(() => undefined);
      });
    });
    expect(observed).toEqual(bare);
    expect(observed).toEqual(['nobody']);
  });

  it('is recursive and re-entrant', () => {
    const { client } = observing;
    const factorial = observe((n: number): number => (n <= 1 ? 1 : n * factorial(n - 1)), { name: 'f', client });
    expect(factorial(5)).toBe(120);
    const spans = observing.ended();
    expect(spans.map(({ input, fields }) => [input, fields.output])).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['3', '6'],
      ['4', '24'],
      ['5', '120'],
    ]);
    for (const [index, span] of spans.entries()) expect(span.parentSpanId).toBe(spans[index + 1]?.spanId ?? '');
  });

  it('constructs what the bare function constructs', async () => {
    const { bare, observed } = await runBoth(observing, (wrap) => {
      function LegacyLesson(this: { title: string }, title: string): void {
        this.title = `${title} (${new.target === undefined ? 'called' : 'constructed'})`;
      }
      LegacyLesson.prototype.shout = function (this: { title: string }) {
        return this.title.toUpperCase();
      };
      type Made = { title: string; shout(): string };
      const Lesson = wrap(LegacyLesson as unknown as (title: string) => Made);
      const make = Lesson as unknown as new (title: string) => Made;
      class Longer extends make {
        readonly extra = 1;
      }
      const [made, longer] = [new make('Numbers'), new Longer('Colours')];
      return [
        made.shout(),
        made instanceof Lesson,
        longer.shout(),
        longer instanceof Longer && longer instanceof Lesson,
        longer.extra,
        thrownBy(() => new (wrap(() => 1) as unknown as new () => unknown)()) instanceof TypeError,
      ];
    });
    expect(observed).toEqual(bare);
  });

  it('cannot be made of a class', () => {
    class Lesson {}
    expect(() => observe(Lesson as unknown as () => void)).toThrow(/the class "Lesson" is none.*Decorate its methods/);
  });

  it('ignores options that are none, and options that throw', () => {
    for (const options of [null, 5, hostileProxy(), { name: 5, type: 'nothing', captureInput: 'yes', client: {} }]) {
      expect(observe(() => 1, options as never)).toBeTypeOf('function');
    }
    const { client } = observing;
    observe(() => 1, { name: '', type: 'nothing' as never, captureInput: 'yes' as never, client })();
    expect(observing.ended()[0]).toMatchObject({ name: 'anonymous', type: 'span' });
  });

  it('keeps overloads, generics, type predicates and assertions', () => {
    const { client } = observing;
    function over(value: string): string;
    function over(value: number): number;
    function over(value: unknown): unknown {
      return value;
    }
    const generic = <T extends { id: string }>(items: readonly T[], id: T['id']): T | undefined =>
      items.find((item) => item.id === id);
    const isText = (value: unknown): value is string => typeof value === 'string';
    function assertText(value: unknown): asserts value is string {
      if (typeof value !== 'string') throw new TypeError('no text');
    }
    async function* tokens(this: { count: number }, by: number): AsyncGenerator<string, number, boolean> {
      yield `${this.count * by}`;
      return 1;
    }
    expectTypeOf(observe(over, { client })).toEqualTypeOf<typeof over>();
    const findObserved: typeof generic = observe(generic, { client });
    expectTypeOf(observe(generic, { client })([{ id: 'a' as const, n: 1 }], 'a')).toEqualTypeOf<
      { id: 'a'; n: number } | undefined
    >();
    expect(findObserved([{ id: 'a' }], 'b')).toBeUndefined();
    // @ts-expect-error the ids are known
    observe(generic, { client })([{ id: 'a' as const }], 'b');
    expectTypeOf(observe(isText, { client })).toEqualTypeOf<typeof isText>();
    expectTypeOf(observe(assertText, { client })).toEqualTypeOf<typeof assertText>();
    expectTypeOf(observe(tokens, { client })).toEqualTypeOf<typeof tokens>();
    const value: unknown = 'text';
    const isObservedText: typeof isText = observe(isText, { client });
    if (isObservedText(value)) expectTypeOf(value).toBeString();
    const assertObserved: typeof assertText = observe(assertText, { client });
    assertObserved(value);
    expectTypeOf(value).toBeString();
    expectTypeOf(observe(over, { client })(1)).toBeNumber();
    // @ts-expect-error a class is no function to wrap
    expect(() => observe(class NotCallable {}, { name: 'x' })).toThrow();
    // @ts-expect-error unknown options are a mistake
    observe(() => 1, { captureResults: true });
  });
});

function thrownBy(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Throws whatever is done with it. */
function hostileProxy(): object {
  const traps = new Proxy(
    {},
    {
      get: () => () => {
        throw new Error('trap');
      },
    },
  );
  return new Proxy({}, traps);
}
