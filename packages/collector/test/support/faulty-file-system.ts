/** The real file system with a hook before each step, which may throw, wait, or shorten a write. */
import { type FileSystem, nodeFileSystem, type OpenFile } from '../../src/queue/file-system.js';

export type Operation =
  | 'create'
  | 'open'
  | 'list'
  | 'readSmall'
  | 'rename'
  | 'remove'
  | 'syncDirectory'
  | 'read'
  | 'write'
  | 'datasync'
  | 'truncate';

export interface Step {
  readonly operation: Operation;
  readonly path: string;
}

export interface FaultySettings {
  /** Throws or waits to disturb the step; the step then happens unless it threw. */
  before?: (step: Step) => void | Promise<void>;
  /** Told after the step has happened. */
  after?: (step: Step) => void | Promise<void>;
  /** A write takes at most so many bytes. */
  maxWriteBytes?: number;
}

/** An error as the system makes it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

export function faultyFileSystem(settings: FaultySettings): FileSystem {
  async function step<T>(operation: Operation, path: string, action: () => Promise<T>): Promise<T> {
    await settings.before?.({ operation, path });
    const result = await action();
    await settings.after?.({ operation, path });
    return result;
  }

  function wrap(file: OpenFile, path: string): OpenFile {
    return {
      read: (target, position) => step('read', path, () => file.read(target, position)),
      write: (chunks, position) =>
        step('write', path, () => file.write(shorten(chunks, settings.maxWriteBytes), position)),
      datasync: () => step('datasync', path, () => file.datasync()),
      truncate: (length) => step('truncate', path, () => file.truncate(length)),
      close: () => file.close(),
    };
  }

  return {
    ...nodeFileSystem,
    list: (path) => step('list', path, () => nodeFileSystem.list(path)),
    create: (path) => step('create', path, async () => wrap(await nodeFileSystem.create(path), path)),
    open: (path, mode) => step('open', path, async () => wrap(await nodeFileSystem.open(path, mode), path)),
    readSmall: (path) => step('readSmall', path, () => nodeFileSystem.readSmall(path)),
    rename: (from, to) => step('rename', to, () => nodeFileSystem.rename(from, to)),
    remove: (path) => step('remove', path, () => nodeFileSystem.remove(path)),
    syncDirectory: (path) => step('syncDirectory', path, () => nodeFileSystem.syncDirectory(path)),
  };
}

function shorten(chunks: readonly Uint8Array[], maxBytes: number | undefined): readonly Uint8Array[] {
  if (maxBytes === undefined) return chunks;
  return [Buffer.concat(chunks).subarray(0, maxBytes)];
}
