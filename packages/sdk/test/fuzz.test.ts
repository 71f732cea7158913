import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as sdk from '../src/index.js';
import { hostile, hostileRecord, isOfTheCaller, type Maker } from './support/hostile-values.js';
import { turns } from './support/observing.js';

/** Names of everything that a start, an update, an end, a score, options or headers may hold. */
const FIELDS = [
  ...['name', 'type', 'input', 'output', 'metadata', 'level', 'statusMessage', 'version', 'startTime', 'endTime'],
  ...['parent', 'model', 'modelParameters', 'usageDetails', 'costDetails', 'completionStartTime', 'prompt'],
  ...['userId', 'sessionId', 'tags', 'environment', 'public', 'timeoutMs', 'traceparent', 'tracestate', 'client'],
  ...['traceId', 'spanId', 'observationId', 'value', 'dataType', 'comment', 'id', 'captureInput', 'captureOutput'],
  ...['endOnExit', 'clientOptions'],
];

const argument = fc.oneof({ weight: 3, arbitrary: hostile }, { weight: 2, arbitrary: hostileRecord(FIELDS) });
const argumentLists = fc.array(argument, { maxLength: 4 });
const made = (makers: readonly Maker[]): unknown[] => makers.map((make) => make());

/** `configure` and `createClient` say at start what is wrong; the rest of the surface throws nothing. */
const MAY_THROW = new Set(['configure', 'createClient', 'SlipstreamConfigError']);

/** These run a function that they are given. */
const RUNS_A_FUNCTION = new Set(['startActive', 'run', 'continueTrace']);

/** Between the SDK and its own entry points. */
const INTERNAL = new Set(['constructor', 'applySettings']);

type Loose = Record<string, unknown>;

let sink: FaultyServer;
let client: sdk.Client;
const escaped: unknown[] = [];
const onEscaped = (error: unknown): void => void escaped.push(error);

beforeAll(async () => {
  sink = await createFaultyServer({ keep: 'counts' });
  // Little is kept of each value, so that the sink on this thread does not take most of the time.
  client = sdk.configure({ url: sink.url, service: 'fuzz', handleSignals: false, maxCaptureBytes: 2_048 });
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  process.on('unhandledRejection', onEscaped);
  process.on('uncaughtException', onEscaped);
});

afterAll(async () => {
  process.off('unhandledRejection', onEscaped);
  process.off('uncaughtException', onEscaped);
  await client.shutdown({ timeoutMs: 2_000 });
  await sink.close();
});

/** All names that can be called or read on an object, inherited ones too. */
function membersOf(object: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].filter((name) => !INTERNAL.has(name));
}

/** Calls or reads a member; what it gives may be a promise, which must not reject. */
async function use(target: object, member: string, makers: readonly Maker[]): Promise<void> {
  const value = (target as Loose)[member];
  try {
    const result: unknown = typeof value === 'function' ? Reflect.apply(value, target, made(makers)) : value;
    if (isPromise(result)) await result;
  } catch (error) {
    // A function that it was given to run may fail by itself; its error is the caller's.
    if (!RUNS_A_FUNCTION.has(member) || !isOfTheCaller(error)) throw error;
  }
}

const run = (property: fc.IAsyncProperty<unknown> | fc.IAsyncPropertyWithHooks<unknown>, numRuns: number) =>
  fc.assert(property as fc.IAsyncProperty<unknown>, { numRuns, interruptAfterTimeLimit: 8_000 });

describe('whatever the arguments, nothing throws and nothing rejects', () => {
  it('in the functions that the package exports', async () => {
    const functions = Object.entries(sdk).filter(
      ([name, value]) => typeof value === 'function' && !MAY_THROW.has(name),
    );
    expect(functions.map(([name]) => name)).toEqual(expect.arrayContaining(['observe', 'startActive', 'getClient']));
    for (const [name] of functions.filter(([name]) => name !== 'Client' && name !== 'observe')) {
      await run(
        fc.asyncProperty(argumentLists, (args) => use(sdk, name, args)),
        150,
      );
    }
  });

  it('in the methods of a client: alone, inside an observation, disabled, and shut down', async () => {
    const off = sdk.createClient({ enabled: false });
    const gone = sdk.createClient({ url: sink.url, handleSignals: false });
    gone.span({ name: 'before' }).end();
    await gone.shutdown();
    for (const member of membersOf(client).filter((name) => name !== 'shutdown')) {
      await run(
        fc.asyncProperty(argumentLists, async (args) => {
          await use(client, member, args);
          await client.startActive('surrounding', { type: 'generation' }, () => use(client, member, args));
          await use(off, member, args);
          await use(gone, member, args);
        }),
        60,
      );
    }
    await run(
      fc.asyncProperty(argumentLists, (args) => use(gone, 'shutdown', args)),
      60,
    );
    expect(off.stats().started).toBe(0);
  });

  it('in the methods of an observation: open, ended, of a disabled client, and after shutdown', async () => {
    const off = sdk.createClient({ enabled: false });
    const gone = sdk.createClient({ url: sink.url, handleSignals: false });
    const orphan = gone.span({ name: 'before' });
    await gone.shutdown();
    // The handle's own parts, which are no part of the interface, are left out.
    const members = membersOf(off.span({ name: 'x' }));
    expect(members).toEqual(expect.arrayContaining(['update', 'end', 'run', 'startActive', 'score', 'guardrail']));
    for (const member of members) {
      await run(
        fc.asyncProperty(argumentLists, argument, async (args, last) => {
          const open = client.generation({ name: 'open' });
          const ended = client.span({ name: 'ended' });
          ended.end();
          for (const observation of [open, ended, off.span({ name: 'off' }), orphan]) {
            await use(observation, member, args);
          }
          open.end(last() as sdk.ObservationEnd);
        }),
        60,
      );
    }
  });

  it('in an observation that is made and used with anything', async () => {
    await run(
      fc.asyncProperty(argument, argument, argument, async (...makers) => {
        const [start, update, end] = made(makers);
        const observation = client.generation(start as sdk.ObservationStart);
        observation.update(update as sdk.GenerationFields).updateTrace(update as sdk.TraceFields);
        observation.update(start as sdk.GenerationFields).score(update as sdk.ScoreFields);
        observation.end(end as sdk.ObservationEnd);
        client.trace(start as sdk.TraceStart).end(update as sdk.ObservationEnd);
      }),
      300,
    );
  });
});

describe('whatever a traced function takes and gives, its caller sees the same', () => {
  it('from observe, with any options', async () => {
    await run(
      fc.asyncProperty(argument, argumentLists, hostile, async (makeOptions, makeArgs, makeResult) => {
        const [options, args, result] = [makeOptions(), made(makeArgs), makeResult()];
        const seen: unknown[] = [];
        const observed = sdk.observe((...given: unknown[]) => {
          seen.push(...given);
          return result;
        }, options as sdk.ObserveOptions);
        const returned = observed(...args);
        // A promise of a function is a promise for its caller; everything else is the same thing.
        if (!isPromise(result)) expect(Object.is(returned, result)).toBe(true);
        expect(seen.length === args.length && seen.every((item, index) => Object.is(item, args[index]))).toBe(true);
      }),
      400,
    );
  });

  it('also what it throws, and what it rejects with', async () => {
    await run(
      fc.asyncProperty(argument, hostile, async (...makers) => {
        const [options, thrown] = made(makers);
        const fail = sdk.observe(() => {
          throw thrown;
        }, options as sdk.ObserveOptions);
        const reject = sdk.observe(async () => {
          throw thrown;
        }, options as sdk.ObserveOptions);
        expect(Object.is(errorOf(fail), thrown)).toBe(true);
        await reject().then(
          () => expect.unreachable(),
          (error: unknown) => expect(Object.is(error, thrown)).toBe(true),
        );
        expect(
          Object.is(
            errorOf(() => client.startActive('x', fail)),
            thrown,
          ),
        ).toBe(true);
        expect(
          Object.is(
            errorOf(() => client.span({ name: 'x' }).run(fail)),
            thrown,
          ),
        ).toBe(true);
        expect(
          Object.is(
            errorOf(() => client.continueTrace(options as never, fail)),
            thrown,
          ),
        ).toBe(true);
      }),
      200,
    );
  });

  it('from startActive, run and continueTrace', async () => {
    await run(
      fc.asyncProperty(argument, hostile, async (...makers) => {
        const [options, result] = made(makers);
        if (isPromise(result)) return;
        const give = () => result;
        const observation = client.span({ name: 'x' });
        const named = options as string;
        const settings = typeof options === 'function' ? {} : (options as sdk.ActiveOptions);
        expect(Object.is(client.startActive(named, settings, give), result)).toBe(true);
        expect(Object.is(observation.startActive('x', give), result)).toBe(true);
        expect(Object.is(observation.run(give), result)).toBe(true);
        expect(Object.is(client.continueTrace(options as sdk.TraceCarrier, give), result)).toBe(true);
        observation.end();
      }),
      300,
    );
  });

  it('and a traced function may do anything to its observation', async () => {
    await run(
      fc.asyncProperty(argument, async (make) => {
        const fields = make();
        const result = sdk.observe(
          () => {
            client.updateCurrentSpan(fields as sdk.ObservationFields);
            client.updateCurrentTrace(fields as sdk.TraceFields);
            client.scoreCurrent(fields as sdk.ScoreFields);
            return 'the same';
          },
          { name: 'x' },
        )();
        expect(result).toBe('the same');
      }),
      300,
    );
  });
});

it('nothing has escaped meanwhile, and the books balance', async () => {
  await turns(5);
  const { pending } = await client.flush({ timeoutMs: 15_000 });
  expect(escaped.map(String)).toEqual([]);
  const { started, open, sampledOut, delivered, dropped, scores } = client.stats();
  const droppedCount = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  expect(started).toBe(open + sampledOut + pending + delivered + droppedCount);
  expect(started).toBeGreaterThan(1_000);
  expect(scores.made).toBe(scores.delivered + scores.dropped + scores.pending);
});

function isPromise(value: unknown): boolean {
  try {
    return value instanceof Promise;
  } catch {
    return false;
  }
}

function errorOf(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}
