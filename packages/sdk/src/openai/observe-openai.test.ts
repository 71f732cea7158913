import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { createRecording, type NamedSpan, type Recording } from '../../test/support/recording.js';
import { startObservation } from '../client/observation-handle.js';
import { type Client, type ObservationStart, type ObservationType, processState } from '../core.js';
import { observeOpenAI } from './index.js';

let recording: Recording;
let client: Client;

beforeEach(() => {
  recording = createRecording();
  client = {
    enabled: true,
    captureInput: true,
    captureOutput: true,
    observation: (type: ObservationType, start: ObservationStart) =>
      startObservation(recording.recorder, type, start, processState.storage.getStore()),
  } as unknown as Client;
});

const ANSWER = {
  id: 'c1',
  model: 'm-served',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }],
};

type Create = (body?: unknown, options?: unknown) => unknown;

/** A client as somebody's own code or a test double may be. */
function clientWith(create: Create): { chat: { completions: { create: Create } } } {
  return { chat: { completions: { create } } };
}

function spans(): NamedSpan[] {
  return recording.take().spans;
}

function output(span: NamedSpan | undefined): unknown {
  return span?.fields.output === undefined ? undefined : JSON.parse(span.fields.output);
}

describe('an observed client of any make', () => {
  it('is the object that was given, of the type that it had', () => {
    const mine = clientWith(() => ANSWER);
    const observed = observeOpenAI(mine, { client });
    expect(observed).toBe(mine);
    expectTypeOf(observed).toEqualTypeOf<typeof mine>();
  });

  it('may answer with a promise, at once, or with something that only has then', async () => {
    // biome-ignore lint/suspicious/noThenProperty: some clients return lazy thenables, which is what this is about.
    const thenable = { then: (resolve: (value: unknown) => void) => resolve(ANSWER) };
    for (const answer of [Promise.resolve(ANSWER), ANSWER, thenable]) {
      const observed = observeOpenAI(
        clientWith(() => answer),
        { client },
      );
      expect(await observed.chat.completions.create({ model: 'm' })).toBe(ANSWER);
    }
    expect(spans().map(output)).toEqual(Array(3).fill({ role: 'assistant', content: 'hi' }));
  });

  it('may have a promise of its own class, which stays what it is', async () => {
    class OwnPromise<T> extends Promise<T> {
      readonly mine = true;
    }
    const promise = new OwnPromise<unknown>((resolve) => resolve(ANSWER));
    const observed = observeOpenAI(
      clientWith(() => promise),
      { client },
    );
    expect(observed.chat.completions.create({})).toBe(promise);
    expect(await promise).toBe(ANSWER);
    expect(spans().map(output)).toEqual([{ role: 'assistant', content: 'hi' }]);
  });

  it.each([
    ['throws', () => throwMine()],
    ['rejects', () => Promise.reject(new RangeError('mine'))],
    // biome-ignore lint/suspicious/noThenProperty: as above.
    ['rejects in a thenable', () => ({ then: (_: unknown, no: (error: Error) => void) => no(new RangeError('mine')) })],
  ])('fails as before: it %s', async (_, create) => {
    const observed = observeOpenAI(clientWith(create), { client });
    await expect((async () => observed.chat.completions.create({}))()).rejects.toThrow(new RangeError('mine'));
    expect(spans()[0]).toMatchObject({ level: 'ERROR', fields: { statusMessage: 'RangeError: mine' } });
  });

  it('may stream with a generator, which is followed while it is read', async () => {
    async function* stream(): AsyncGenerator<unknown> {
      yield { model: 'm-served', choices: [{ index: 0, delta: { content: 'h' } }] };
      yield { choices: [{ index: 0, delta: { content: 'i' }, finish_reason: 'stop' }] };
    }
    const generator = stream();
    const observed = observeOpenAI(
      clientWith(async () => generator),
      { client },
    );
    const given = (await observed.chat.completions.create({ stream: true })) as AsyncIterable<unknown>;
    expect(given).toBe(generator);
    expect(spans()).toEqual([]);
    for await (const _ of given);
    expect(spans().map(output)).toEqual([{ role: 'assistant', content: 'hi' }]);
  });

  it('has its first token when the first part of the answer is read', async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 15));
    async function* stream(): AsyncGenerator<unknown> {
      yield { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] };
      await pause();
      yield { choices: [{ index: 0, delta: { content: 'hi' } }] };
      await pause();
    }
    const observed = observeOpenAI(
      clientWith(() => stream()),
      { client },
    );
    for await (const _ of observed.chat.completions.create({}) as AsyncIterable<unknown>);
    const [span] = spans();
    const firstMs = span?.fields.completionStartMs ?? Number.NaN;
    expect(firstMs).toBeGreaterThan(span?.startMs ?? Number.NaN);
    expect(firstMs).toBeLessThan(span?.endMs ?? Number.NaN);
  });

  it('gives any chunks on as they come, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.anything({ withNullPrototype: true })), async (chunks) => {
        async function* stream(): AsyncGenerator<unknown> {
          yield* chunks;
        }
        const observed = observeOpenAI(
          clientWith(() => stream()),
          { client },
        );
        const got: unknown[] = [];
        for await (const chunk of observed.chat.completions.create({}) as AsyncIterable<unknown>) got.push(chunk);
        expect(got.length).toBe(chunks.length);
        got.forEach((chunk, index) => {
          expect(Object.is(chunk, chunks[index])).toBe(true);
        });
        expect(spans()).toHaveLength(1);
      }),
    );
  });

  it('gives any answer back as it is, whatever it was asked', async () => {
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true });
    await fc.assert(
      fc.asyncProperty(anything, anything, anything, async (body, options, answer) => {
        const asked: unknown[][] = [];
        const create: Create = (...args) => {
          asked.push(args);
          return { answer };
        };
        const observed = observeOpenAI(clientWith(create), { client });
        expect(observed.chat.completions.create(body, options)).toEqual({ answer });
        expect(asked[0]?.[0]).toBe(body);
        expect(asked[0]?.[1]).toBe(options);
      }),
    );
  });

  it('keeps this, arguments, name and length of its methods', () => {
    const completions = {
      secret: 7,
      create(this: { secret: number }, _body: unknown, ...others: unknown[]): unknown {
        return [this.secret, others.length];
      },
    };
    observeOpenAI({ chat: { completions } }, { client });
    expect(completions.create({}, 1, 2)).toEqual([7, 2]);
    expect([completions.create.name, completions.create.length]).toEqual(['create', 1]);
  });
});

function throwMine(): never {
  throw new RangeError('mine');
}

describe('resources behind getters', () => {
  it('are neither made when the client is observed, nor twice, and stay the same object', () => {
    let made = 0;
    class LazyClient {
      #chat: object | undefined;
      get chat(): object {
        if (this.#chat === undefined) {
          made++;
          this.#chat = { completions: { create: () => ANSWER } };
        }
        return this.#chat;
      }
    }
    const lazy = observeOpenAI(new LazyClient(), { client });
    expect([made, Object.keys(lazy)]).toEqual([0, []]);
    const first = lazy.chat;
    expect([lazy.chat === first, made]).toEqual([true, 1]);
    for (let round = 0; round < 3; round++) (lazy.chat as ReturnType<typeof clientWith>['chat']).completions.create();
    expect(spans()).toHaveLength(3);
  });

  it('are observed even if each reading makes a new one', () => {
    const lazy = {
      get chat() {
        return { completions: { create: () => ANSWER } };
      },
    };
    observeOpenAI(lazy, { client });
    lazy.chat.completions.create();
    expect(spans()).toHaveLength(1);
  });

  it('throw where they threw', () => {
    const lazy = {
      get chat(): never {
        return throwMine();
      },
      completions: { create: () => ANSWER },
    };
    observeOpenAI(lazy, { client });
    expect(() => lazy.chat).toThrow('mine');
    lazy.completions.create();
    expect(spans()).toHaveLength(1);
  });
});

describe('arguments that are none', () => {
  const hostile = new Proxy(
    {},
    {
      get: throwMine,
      has: throwMine,
      ownKeys: throwMine,
      getOwnPropertyDescriptor: throwMine,
      getPrototypeOf: throwMine,
      defineProperty: throwMine,
    },
  );

  it.each([
    [undefined],
    [null],
    [5],
    ['x'],
    [Symbol('s')],
    [() => 1],
    [{}],
    [[]],
    [Object.freeze({ chat: {} })],
    [hostile],
  ])('a client that is none comes back as it is', (value) => {
    expect(Object.is(observeOpenAI(value as never), value)).toBe(true);
  });

  it.each([[null], [5], ['x'], [hostile], [{ client: 5 }], [{ client: hostile }], [{ tags: 5, metadata: hostile }]])(
    'options that are none do not change the call',
    async (options) => {
      const observed = observeOpenAI(
        clientWith(() => ANSWER),
        { client, ...(options === hostile ? {} : (options as object)) },
      );
      observeOpenAI(
        clientWith(() => ANSWER),
        options as never,
      );
      expect(observed.chat.completions.create({})).toBe(ANSWER);
    },
  );

  it('a request, an answer or an error that throws when it is read goes on as it is', async () => {
    const observed = (create: Create) => observeOpenAI(clientWith(create), { client }).chat.completions.create;
    expect(observed(() => ANSWER)(hostile)).toBe(ANSWER);
    const body = {
      get messages() {
        return throwMine();
      },
    };
    expect(observed(() => ANSWER)(body)).toBe(ANSWER);
    expect(observed(() => hostile)({})).toBe(hostile);
    const error = Object.defineProperty(new Error('mine'), 'status', { get: throwMine });
    expect(() =>
      observed(() => {
        throw error;
      })({}),
    ).toThrow(error);
  });

  it('a frozen resource goes on untraced', () => {
    const completions = Object.freeze({ create: () => ANSWER });
    observeOpenAI({ chat: { completions } }, { client });
    expect(completions.create()).toBe(ANSWER);
    expect(spans()).toEqual([]);
  });
});

describe('a second observation of a client', () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning.message);
  beforeEach(() => void process.on('warning', onWarning));
  afterEach(() => void process.off('warning', onWarning));

  it('keeps the first options and says so once', async () => {
    const mine = observeOpenAI(
      clientWith(() => ANSWER),
      { client, name: 'first' },
    );
    observeOpenAI(mine);
    observeOpenAI(mine, { client, name: 'first' });
    observeOpenAI(mine, { client, name: 'second' });
    observeOpenAI(mine, { client, name: 'third' });
    mine.chat.completions.create();
    await new Promise((resolve) => setImmediate(resolve));
    expect(spans().map(({ name }) => name)).toEqual(['first']);
    expect(warnings.filter((text) => text.includes('observed already'))).toHaveLength(1);
  });
});
