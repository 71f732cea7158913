import type { Endpoint } from './endpoint.js';
import { type LooseObject, looseObject, type Method, replaceMethod } from './loose-object.js';
import { beginCall } from './model-call.js';
import { type ModelCallOptions, readOptions } from './options.js';
import { followResult } from './results.js';

/** The methods of a client that call a model, by where they stand below it. */
export interface ResourceTree {
  readonly [name: string]: ResourceTree | Endpoint;
}

/** How the calls of one client are recorded: its wrapped methods ask at each call. */
export interface ClientPlan {
  options: ModelCallOptions;
  /** Whether the options were given for this very client, not for the one that it was derived from. */
  isOwn: boolean;
  /** Whether the client traces its calls itself just now. */
  readonly isSilent: (() => boolean) | undefined;
}

/** What is known of the library whose client is observed. */
export interface ClientLibrary {
  readonly resources: ResourceTree;
  /** Makes the question whether a client traces its calls itself. */
  readonly selfTracing?: (client: LooseObject) => () => boolean;
}

/** On clients and wrapped methods; global, so that two copies of this package wrap once. */
const OBSERVED = Symbol.for('slipstream.observed.v1');

/** Wraps the methods of a client in place, once. Anything that is no client comes back as it is. */
export function observeClient(client: unknown, library: ClientLibrary, options: unknown): void {
  try {
    const target = looseObject(client);
    if (target !== undefined) observe(target, library, readOptions(options), true);
  } catch {
    // A client that does not let itself be wrapped goes on untraced.
  }
}

function observe(client: LooseObject, library: ClientLibrary, options: ModelCallOptions, isOwn: boolean): void {
  const existing = client[OBSERVED] as ClientPlan | undefined;
  if (existing !== undefined) {
    if (isOwn) takeOptions(existing, options);
    return;
  }
  const plan: ClientPlan = { options, isOwn, isSilent: library.selfTracing?.(client) };
  if (!Reflect.defineProperty(client, OBSERVED, { value: plan })) return;
  wrapResources(client, library.resources, plan);
  const derive = client.withOptions;
  if (typeof derive !== 'function') return;
  replaceMethod(client, 'withOptions', function (this: unknown, ...args: unknown[]) {
    const derived: unknown = Reflect.apply(derive, this, args);
    const target = looseObject(derived);
    if (target !== undefined) guarded(() => observe(target, library, plan.options, false));
    return derived;
  });
}

/** Options of a client in use stay: requests under way would otherwise be recorded under each other's session. */
function takeOptions(plan: ClientPlan, options: ModelCallOptions): void {
  if (Object.keys(options).length === 0) return;
  if (!plan.isOwn) {
    plan.options = options;
    plan.isOwn = true;
  } else if (!isSame(plan.options, options)) {
    warnOnce(
      'SLIPSTREAM_OBSERVED_TWICE',
      'Slipstream: a client that is observed already keeps its first options. For others, ' +
        'observe client.withOptions({}).',
    );
  }
}

function isSame(one: ModelCallOptions, other: ModelCallOptions): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof ModelCallOptions>;
  return [...names].every((name) => one[name] === other[name]);
}

function wrapResources(owner: LooseObject, resources: ResourceTree, plan: ClientPlan): void {
  for (const [name, below] of Object.entries(resources)) {
    if (isEndpoint(below)) wrapMethod(owner, name, below, plan);
    else wrapResource(owner, name, below, plan);
  }
}

function isEndpoint(below: ResourceTree | Endpoint): below is Endpoint {
  return typeof below.openCollector === 'function';
}

/** A resource behind a getter is wrapped when it is asked for, so that asking is not done by us. */
function wrapResource(owner: LooseObject, name: string, below: ResourceTree, plan: ClientPlan): void {
  const descriptor = findDescriptor(owner, name);
  const get = descriptor?.get;
  if (get === undefined) {
    const resource = looseObject(descriptor?.value);
    if (resource !== undefined) guarded(() => wrapResources(resource, below, plan));
    return;
  }
  Reflect.defineProperty(owner, name, {
    configurable: true,
    enumerable: Object.hasOwn(owner, name) && descriptor?.enumerable === true,
    ...(descriptor?.set === undefined ? {} : { set: descriptor.set }),
    get(this: unknown) {
      const value: unknown = Reflect.apply(get, this, []);
      const resource = looseObject(value);
      if (resource !== undefined) guarded(() => wrapResources(resource, below, plan));
      return value;
    },
  });
}

function findDescriptor(owner: object, name: string): PropertyDescriptor | undefined {
  for (let holder: object | null = owner; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

function wrapMethod(owner: LooseObject, name: string, endpoint: Endpoint, plan: ClientPlan): void {
  const original = owner[name];
  if (typeof original !== 'function' || Object.hasOwn(original, OBSERVED)) return;
  const observed = function (this: unknown, ...args: unknown[]): unknown {
    return callObserved(original as Method, this, args, endpoint, plan);
  };
  for (const key of ['name', 'length'] as const) {
    Reflect.defineProperty(observed, key, { value: original[key], configurable: true });
  }
  Reflect.defineProperty(observed, OBSERVED, { value: true });
  replaceMethod(owner, name, observed);
}

function callObserved(original: Method, self: unknown, args: unknown[], endpoint: Endpoint, plan: ClientPlan): unknown {
  const call = plan.isSilent?.() === true ? undefined : beginCall(endpoint, plan.options, args);
  if (call === undefined) return Reflect.apply(original, self, args);
  let result: unknown;
  try {
    result = call.run(() => Reflect.apply(original, self, args));
  } catch (error) {
    call.fail(error);
    throw error;
  }
  if (call.isRecorded) return followResult(call, result);
  call.end();
  return result;
}

function guarded(action: () => void): void {
  try {
    action();
  } catch {
    // A resource that does not let itself be wrapped goes on untraced.
  }
}

const warned = new Set<string>();

/** Says it once in a process. */
export function warnOnce(code: string, message: string): void {
  if (warned.has(code)) return;
  warned.add(code);
  process.emitWarning(message, { code });
}
