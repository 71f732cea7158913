import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError, codeOf, fileFault } from '../errors.js';

/**
 * Writes a stream to a file that has its name only when it is whole and on the disk: whatever ends this before, there is
 * no file, or the one that was there.
 *
 * @throws CliError `file`; what the stream throws
 */
export async function writeWholeFile(
  file: string,
  source: Readable,
  passes: readonly Transform[],
  signal: AbortSignal,
): Promise<void> {
  const partial = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.partial`);
  try {
    // Never into a file that somebody else has put there ('wx'), and synced before it is closed.
    const target = createWriteStream(partial, { flags: 'wx', flush: true });
    await pipeline([source, ...passes, target], { signal });
    await rename(partial, file);
  } catch (error) {
    // Where it was never made there is nothing to remove.
    await rm(partial, { force: true }).catch(() => undefined);
    signal.throwIfAborted();
    throw error instanceof CliError || !isFileFault(error) ? error : fileFault(file, error);
  }
}

/** Errors of the file system name what was called; those of a connection name a socket. */
function isFileFault(error: unknown): boolean {
  const call = typeof error === 'object' && error !== null && 'syscall' in error ? error.syscall : undefined;
  return codeOf(error) !== undefined && typeof call === 'string' && /^(open|write|fsync|rename|close)/.test(call);
}
