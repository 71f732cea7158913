import { getClient } from '../client/configure.js';
import type { ActiveFunction, ActiveOptions } from './run-active.js';

/**
 * Runs `fn` inside a new observation of the process's client, below the active one: `getClient().startActive`.
 *
 * @example
 * const reply = await startActive('reply', { type: 'agent' }, async (agent) => { … });
 */
export function startActive<T>(name: string, fn: ActiveFunction<T>): T;
export function startActive<T>(name: string, options: ActiveOptions, fn: ActiveFunction<T>): T;
export function startActive<T>(name: string, first: ActiveOptions | ActiveFunction<T>, second?: ActiveFunction<T>): T {
  return getClient().startActive(name, first as ActiveOptions, second as ActiveFunction<T>);
}
