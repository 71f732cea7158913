import fc from 'fast-check';

const trap = (): never => {
  throw new Error('trap');
};

/** Every trap throws, whatever is done with it. */
export function hostileProxy(target: object = {}): object {
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, trap]));
  return new Proxy(target, traps);
}

export function revokedProxy(target: object = {}): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** An object with these names, each of which throws when it is read. */
export function throwingGetters(names: readonly string[]): object {
  const properties = names.map((name) => [name, { get: trap, enumerable: true }]);
  return Object.defineProperties({}, Object.fromEntries(properties) as PropertyDescriptorMap);
}

/** Whether an error is what calling or awaiting one of these values gives by itself. */
export function isOfTheCaller(error: unknown): boolean {
  return /^(Error: trap|TypeError: Class constructor Hostile)/.test(String(error));
}

function cyclic(): object {
  const cycle: Record<string, unknown> = { list: [] };
  cycle.self = cycle;
  (cycle.list as unknown[]).push(cycle, cycle.list);
  return cycle;
}

/** Makes a value; fast-check itself looks at what it is given, which hostile values do not stand. */
export type Maker = () => unknown;

/** Each call gives new objects, so that no run sees what another has changed. */
const SPECIAL: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => Number.NaN,
  () => Number.NEGATIVE_INFINITY,
  () => -0,
  () => 2 ** 60,
  () => 10n ** 30n,
  () => Symbol('hostile'),
  () => '',
  () => '\ud800 lone',
  () => 'x'.repeat(300_000),
  () => 'ế'.repeat(150_000),
  () => () => 1,
  () => async () => Promise.reject(new Error('of the caller')).catch(() => 1),
  () => class Hostile {},
  () => hostileProxy(),
  () => hostileProxy(() => 1),
  () => hostileProxy([]),
  () => hostileProxy(new Date()),
  () => hostileProxy(Promise.resolve()),
  () => revokedProxy(),
  () => revokedProxy([]),
  () => Object.freeze({ name: 'frozen' }),
  () => Object.seal(['sealed']),
  () => cyclic(),
  () => new Date(Number.NaN),
  () => Object.create(Date.prototype) as unknown,
  () => Object.create(null) as unknown,
  () => Object.create(Map.prototype) as unknown,
  () => Object.create(Promise.prototype) as unknown,
  () => ({ toJSON: trap, toString: trap, valueOf: trap }),
  () => ({ [Symbol.toPrimitive]: trap, [Symbol.iterator]: trap, [Symbol.asyncIterator]: trap }),
  () => throwingGetters(['then']),
  // biome-ignore lint/suspicious/noThenProperty: what a caller may pass.
  () => ({ then: trap }),
  () =>
    new (class extends Array {
      override get length() {
        return trap();
      }
    })(),
  () => new Array(100_000),
  () => new Uint8Array(1_000),
  () => new WeakMap(),
  () => new Error('an error', { cause: cyclic() }),
  () => Object.assign(new Error(), { name: Symbol('name'), message: 5 }),
  () => new Proxy([], {}),
];

/** Anything that a program without types may pass. */
export const hostile: fc.Arbitrary<Maker> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...SPECIAL) },
  {
    weight: 1,
    arbitrary: fc
      .anything({
        withBigInt: true,
        withBoxedValues: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withObjectString: true,
        withSet: true,
        withSparseArray: true,
        withTypedArray: true,
      })
      .map((value) => () => value),
  },
);

/** An object that has some of these fields, each with anything in it, or one that throws when it is looked at. */
export function hostileRecord(names: readonly string[]): fc.Arbitrary<Maker> {
  const fields = fc.record(Object.fromEntries(names.map((name) => [name, hostile])), { requiredKeys: [] });
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fields.map((makers) => () => {
        const made = Object.entries(makers).map(([name, make]) => [name, make?.()]);
        return Object.fromEntries(made) as unknown;
      }),
    },
    { weight: 1, arbitrary: fc.subarray([...names]).map((some) => () => throwingGetters(some)) },
  );
}
