import { resolve } from 'node:path';
import { StoreError } from '../errors.js';

const OPEN_DIRECTORIES = Symbol.for('slipstream.store.open-directories');

/**
 * The engine's file lock keeps other processes out, but not a second store of this one; worse, when that closes, the
 * system drops the lock of the first. So one process opens a folder once. The set is on `globalThis`, because two
 * copies of this module share the process and its locks.
 */
function openDirectories(): Set<string> {
  const shared = globalThis as { [OPEN_DIRECTORIES]?: Set<string> };
  shared[OPEN_DIRECTORIES] ??= new Set();
  return shared[OPEN_DIRECTORIES];
}

/**
 * Takes the folder for this store and gives the function that lets it go.
 * @throws StoreError `store_locked`
 */
export function takeDirectory(directory: string): () => void {
  const path = resolve(directory);
  const taken = openDirectories();
  if (taken.has(path)) {
    throw new StoreError('store_locked', `${path} is open in this process already; close that store first`);
  }
  taken.add(path);
  return () => taken.delete(path);
}
