import type { Observation } from '../core.js';
import { fieldsOf, isRecord } from '../framework-events/records.js';

/** Under which a handler gives the observation of a run; shared, so that a second copy of this package finds it too. */
export const RUN_OBSERVATION = Symbol.for('slipstream.langchain.run-observation');

/** Where LangChain keeps its own `AsyncLocalStorage`, and the configuration inside what that holds. */
const LANGCHAIN_STORAGE = Symbol.for('ls:tracing_async_local_storage');
const CHILD_CONFIG = Symbol.for('lc:child_config');
const IS_FOLLOWED = Symbol.for('slipstream.langchain.followed');

type RunInStorage = (
  this: unknown,
  store: unknown,
  callback: (...args: unknown[]) => unknown,
  ...args: unknown[]
) => unknown;

/**
 * The observation of the run whose function was called with this configuration: of the tool, the graph's node or the
 * lambda that it was passed to. `undefined` where no handler of ours records that run. Never throws.
 *
 * @example
 * const lookUp = tool(async ({ word }, config) => {
 *   const run = observationOf(config);
 *   return run === undefined ? find(word) : run.run(() => find(word));
 * }, { name: 'look_up', schema });
 */
export function observationOf(config: unknown): Observation | undefined {
  try {
    const manager = fieldsOf(fieldsOf(config).callbacks);
    const runId = manager._parentRunId;
    if (typeof runId !== 'string' || !Array.isArray(manager.handlers)) return undefined;
    for (const handler of manager.handlers) {
      const find: unknown = at(handler, RUN_OBSERVATION);
      if (typeof find === 'function') return find.call(handler, runId) as Observation | undefined;
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/**
 * LangChain runs the functions of tools, nodes and lambdas inside a storage of its own, where that exists (LangGraph
 * makes one, `@langchain/core/context` too). From the first call on, what such a function does also runs with its run's
 * observation active, so that `observe` nests below it.
 */
export function followLangChainContext(): void {
  const storage = (globalThis as { [LANGCHAIN_STORAGE]?: { run?: unknown; [IS_FOLLOWED]?: boolean } })[
    LANGCHAIN_STORAGE
  ];
  if (storage === undefined || storage[IS_FOLLOWED] === true || typeof storage.run !== 'function') return;
  const original = storage.run as RunInStorage;
  const run: RunInStorage = function (this: unknown, store, callback, ...args) {
    const observation = observationOfStore(store);
    if (observation === undefined) return original.call(this, store, callback, ...args);
    return original.call(this, store, () => observation.run(() => callback(...args)));
  };
  Object.defineProperty(storage, 'run', { value: run, configurable: true, writable: true });
  Object.defineProperty(storage, IS_FOLLOWED, { value: true });
}

function observationOfStore(store: unknown): Observation | undefined {
  try {
    return isRecord(store) ? observationOf(at(store.extra, CHILD_CONFIG)) : undefined;
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: symbol): unknown {
  return isRecord(value) ? Reflect.get(value, key) : undefined;
}
