import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { diskWriteStalled, systemCodeOf } from '../errors.js';
import { type DirectoryLock, lockDirectory } from './directory-lock.js';

/** What the queue needs of an open file. */
export interface OpenFile {
  /** Bytes read into `target` from `positionBytes`; 0 at the end, and MAY be fewer than asked. */
  read(target: Uint8Array, positionBytes: number): Promise<number>;
  /** Bytes written; MAY be fewer than given. */
  write(chunks: readonly Uint8Array[], positionBytes: number): Promise<number>;
  /** Returns once what was written, and the length, survive a loss of power. */
  datasync(): Promise<void>;
  truncate(lengthBytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface ListedFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** When it was written last, in milliseconds since the epoch, where that is known. */
  readonly modifiedAtMs?: number | undefined;
}

/** The file system as the queue sees it: narrow, so that tests can put faults into every step. */
export interface FileSystem {
  createDirectory(path: string): Promise<void>;
  /** The files of a directory; a missing directory has none. */
  list(path: string): Promise<readonly ListedFile[]>;
  /** Fails where the file exists. */
  create(path: string): Promise<OpenFile>;
  open(path: string, mode: 'read' | 'write'): Promise<OpenFile>;
  /** The whole of a small file; `undefined` where there is none. */
  readSmall(path: string): Promise<string | undefined>;
  /** Replaces `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Succeeds where there is nothing to remove. */
  remove(path: string): Promise<void>;
  /** Makes this process the only user of a directory. @throws `DATA_DIRECTORY_LOCKED` */
  lock(path: string): Promise<DirectoryLock>;
  /** Makes creations, renames and removals in a directory durable, where the platform can. */
  syncDirectory(path: string): Promise<void>;
}

/** Windows refuses to open or sync a directory and writes its entries through its own journal. */
const DIRECTORY_SYNC_REFUSALS = new Set(['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'ENOTSUP', 'EBADF']);

class NodeFile implements OpenFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async read(target: Uint8Array, positionBytes: number): Promise<number> {
    return (await this.#handle.read(target, 0, target.byteLength, positionBytes)).bytesRead;
  }

  async write(chunks: readonly Uint8Array[], positionBytes: number): Promise<number> {
    return (await this.#handle.writev([...chunks], positionBytes)).bytesWritten;
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  truncate(lengthBytes: number): Promise<void> {
    return this.#handle.truncate(lengthBytes);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The real file system. */
export const nodeFileSystem: FileSystem = {
  async createDirectory(path) {
    await mkdir(path, { recursive: true });
  },
  async list(path) {
    try {
      const entries = await readdir(path, { withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return await Promise.all(
        files.map(async ({ name }) => {
          const { size, mtimeMs } = await stat(join(path, name));
          return { name, sizeBytes: size, modifiedAtMs: mtimeMs };
        }),
      );
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return [];
      throw error;
    }
  },
  async create(path) {
    return new NodeFile(await open(path, 'wx+'));
  },
  async open(path, mode) {
    return new NodeFile(await open(path, mode === 'read' ? 'r' : 'r+'));
  },
  async readSmall(path) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  lock: lockDirectory,
  rename,
  async remove(path) {
    await rm(path, { force: true });
  },
  async syncDirectory(path) {
    try {
      const handle = await open(path, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === undefined || !DIRECTORY_SYNC_REFUSALS.has(code)) throw error;
    }
  },
};

/** Writes all of `chunks` from `positionBytes`, going on after short writes. */
export async function writeFully(file: OpenFile, chunks: readonly Uint8Array[], positionBytes: number): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.byteLength > 0);
  let position = positionBytes;
  while (rest.length > 0) {
    const written = await file.write(rest, position);
    if (written === 0) throw diskWriteStalled();
    position += written;
    rest = dropBytes(rest, written);
  }
}

function dropBytes(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  const rest: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (left >= chunk.byteLength) {
      left -= chunk.byteLength;
    } else {
      rest.push(left === 0 ? chunk : chunk.subarray(left));
      left = 0;
    }
  }
  return rest;
}

/** Reads `lengthBytes` from `positionBytes`; the result is shorter where the file ends before that. */
export async function readFully(file: OpenFile, positionBytes: number, lengthBytes: number): Promise<Buffer> {
  const target = Buffer.allocUnsafeSlow(lengthBytes);
  let filled = 0;
  while (filled < lengthBytes) {
    const read = await file.read(target.subarray(filled), positionBytes + filled);
    if (read === 0) break;
    filled += read;
  }
  return target.subarray(0, filled);
}

/** Replaces a small file so that a crash leaves either the old or the new content: temp file, sync, rename, sync. */
export async function replaceFile(fs: FileSystem, directory: string, name: string, content: string): Promise<void> {
  const temporaryPath = join(directory, `${name}.tmp`);
  await fs.remove(temporaryPath);
  const file = await fs.create(temporaryPath);
  try {
    await writeFully(file, [Buffer.from(content)], 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await fs.rename(temporaryPath, join(directory, name));
  await fs.syncDirectory(directory);
}
