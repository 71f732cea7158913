import { LabArgumentError } from '../errors.js';

/** The function that is measured. */
export type Handler = (input: unknown) => unknown;

/** What a handler's file gives. */
export interface HandlerModule {
  readonly handler: Handler;
  readonly setUp: () => unknown;
  readonly tearDown: () => unknown;
  /** The input of the n-th call. */
  readonly input: (index: number) => unknown;
}

/**
 * Loads a handler's file: its default export or `handler`, and `setUp`, `tearDown` and `input` where it has them.
 *
 * @throws LabArgumentError where it exports no function to call
 */
export async function loadHandlerModule(url: string): Promise<HandlerModule> {
  const module = (await import(url)) as Readonly<Record<string, unknown>>;
  const handler = module.handler ?? module.default;
  if (!isFunction(handler)) {
    throw new LabArgumentError('The file has no handler: it must export a function as "handler" or as its default.');
  }
  const { input } = module;
  return {
    handler,
    setUp: isFunction(module.setUp) ? module.setUp : () => undefined,
    tearDown: isFunction(module.tearDown) ? module.tearDown : () => undefined,
    input: isFunction(input) ? input : () => input,
  };
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}
