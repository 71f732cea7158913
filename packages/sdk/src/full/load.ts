import { builtin } from '../runtime.js';
import { SDK_VERSION } from '../version.js';
import type { FullPart } from './entry.js';

let loaded: FullPart | undefined;

/** At once; `undefined` where at most {@link loadFull} finds it: in a bundle, whose files lie elsewhere. */
export function fullAtOnce(): FullPart | undefined {
  try {
    // By a way that bundlers do not follow: to them it would be a part of the core.
    loaded ??= ours(builtin('node:module')?.createRequire(import.meta.url)('#full'));
  } catch {
    // Not there. Whoever asks has another way.
  }
  return loaded;
}

/** By a way that bundlers follow; `undefined` where it is missing. */
export async function loadFull(): Promise<FullPart | undefined> {
  try {
    const found: object = await import('#full');
    // CommonJS seen as a module: by Node, or by a bundler.
    loaded ??= ours((found as { readonly default?: unknown }).default) ?? ours(found);
  } catch {
    // Left out when the application was packed; the caller tells.
  }
  return loaded;
}

/** A bundle may remember the folder where it was made, and another version may lie there by now. */
function ours(found: unknown): FullPart | undefined {
  const part = found as FullPart | undefined;
  return part?.version === SDK_VERSION ? part : undefined;
}
