/** What differs between the runtimes that this package runs in. Node has everything; others lack a part. */

interface Builtins {
  readonly 'node:crypto': typeof import('node:crypto');
  readonly 'node:fs': typeof import('node:fs');
  readonly 'node:http': typeof import('node:http');
  readonly 'node:https': typeof import('node:https');
  readonly 'node:module': typeof import('node:module');
  readonly 'node:url': typeof import('node:url');
  readonly 'node:v8': typeof import('node:v8');
  readonly 'node:worker_threads': typeof import('node:worker_threads');
  readonly 'node:zlib': typeof import('node:zlib');
}

/**
 * A module of Node, or `undefined` where there is none. Asked for when it is needed: an import would keep this
 * package from loading in a runtime that lacks the module, and bundlers from building for one.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  return globalThis.process?.getBuiltinModule?.(name) as Builtins[Name] | undefined;
}

const STANDARD_ERROR = 2;

/**
 * Writes a line to standard error at once: not by `console`, which in a worker goes through the application's thread
 * and shows nothing while that waits in its exit handler.
 */
export function writeLine(line: string): void {
  try {
    const fs = builtin('node:fs');
    if (fs === undefined) warn(line, 'SLIPSTREAM');
    else fs.writeSync(STANDARD_ERROR, `slipstream: ${line}\n`);
  } catch {
    // Standard error is closed or full: there is nobody to tell, and tracing must not fail for it.
  }
}

/** Tells the operator something, once it is worth a line; never throws. */
export function warn(message: string, code: string): void {
  try {
    if (globalThis.process?.emitWarning !== undefined) process.emitWarning(message, { code });
    // biome-ignore lint/suspicious/noConsole: the only log there is without Node.
    else console.warn(`${code}: ${message}`);
  } catch {
    // A listener of the application, or a console that is none: nobody is there to be told.
  }
}
