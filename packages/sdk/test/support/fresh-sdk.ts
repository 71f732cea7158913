import { vi } from 'vitest';
import type * as Sdk from '../../src/index.js';

const PROCESS_STATE = Symbol.for('slipstream.process.v1');

// Each fresh package listens to the end of the process anew.
process.setMaxListeners(0);

/** The package as a process has it that has just started: nothing configured, nothing shared with earlier tests. */
export async function loadFreshSdk(): Promise<typeof Sdk> {
  vi.resetModules();
  Reflect.deleteProperty(globalThis, PROCESS_STATE);
  return import('../../src/index.js');
}

/** Warnings of ours, by their code, while `work` runs and for the turns of the event loop after it. */
export async function warningsOf(work: () => Promise<void> | void): Promise<string[]> {
  const codes: string[] = [];
  const listener = (warning: Error & { code?: string }): void => void codes.push(warning.code ?? '');
  process.on('warning', listener);
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listener);
  return codes.filter((code) => code.startsWith('SLIPSTREAM'));
}
