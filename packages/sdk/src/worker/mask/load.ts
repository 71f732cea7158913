import type { MaskFunction } from '../../mask/mask-rules.js';
import { builtin } from '../../runtime.js';
import { MaskModuleError } from '../errors.js';

/** A module that waits longer for something at its top level is not going to come. */
const LOAD_TIMEOUT_MS = 10_000;

/** There is no `import()` here, as in the virtual machine contexts of Jest. */
const NO_IMPORT: ReadonlySet<unknown> = new Set([
  'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING',
  'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG',
]);

/**
 * The function of a mask module: its default export, or its export `mask`.
 * @throws MaskModuleError where it has none or takes too long; otherwise what the import throws
 */
export async function loadMaskFunction(moduleUrl: string, timeoutMs: number = LOAD_TIMEOUT_MS): Promise<MaskFunction> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MaskModuleError(`did not load within ${timeoutMs} ms`)), timeoutMs);
    // Not there in every runtime.
    timer.unref?.();
  });
  try {
    return maskFunctionOf(await Promise.race([load(moduleUrl), tooLong]));
  } finally {
    clearTimeout(timer);
  }
}

async function load(moduleUrl: string): Promise<unknown> {
  try {
    // Bundlers are to leave it alone: the path is known only where the application runs.
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ moduleUrl);
  } catch (error) {
    const module = builtin('node:module');
    if (module === undefined || !NO_IMPORT.has((error as { code?: unknown } | null)?.code)) throw error;
    const fileName = decodeURIComponent(moduleUrl.slice(moduleUrl.lastIndexOf('/') + 1));
    return module.createRequire(moduleUrl)(`./${fileName}`);
  }
}

/** A CommonJS module's exports are its default export, and may be the function or have it. */
function maskFunctionOf(loaded: unknown): MaskFunction {
  const byDefault = exportOf(loaded, 'default');
  const candidates = [byDefault, exportOf(loaded, 'mask'), exportOf(byDefault, 'default'), exportOf(byDefault, 'mask')];
  const found = [loaded, ...candidates].find((candidate) => typeof candidate === 'function');
  if (found === undefined) throw new MaskModuleError('exports no function as its default or as "mask"');
  return found as MaskFunction;
}

function exportOf(module: unknown, name: string): unknown {
  return typeof module === 'object' && module !== null ? (module as Record<string, unknown>)[name] : undefined;
}
