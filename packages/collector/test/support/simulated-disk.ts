/**
 * A disk in memory that knows what a loss of power leaves: contents as of the last sync of their file, names as of
 * the last sync of their directory, and, as chance has it, a part of what came after.
 */
import { basename, dirname, join } from 'node:path';
import type { FileSystem, OpenFile } from '../../src/queue/file-system.js';
import { systemError } from './faulty-file-system.js';

interface Inode {
  content: Buffer;
  synced: Buffer;
}

/** A number from 0 to below 1; given by the test, so that a run can be repeated. */
export type Chance = () => number;

export class SimulatedDisk {
  readonly #chance: Chance;
  #names = new Map<string, Inode>();
  #syncedNames = new Map<string, Inode>();
  /** Steps of handles from before a crash fail from then on. */
  #generation = 0;
  /** The next so many writes or syncs fail. */
  failingSteps = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** The process dies; the system lives on with everything that was written. */
  kill(): void {
    this.#generation++;
  }

  /** The machine dies. */
  losePower(): void {
    this.#generation++;
    // Names of which the directory was not synced: either all came through or none.
    if (this.#chance() < 0.5) this.#names = new Map(this.#syncedNames);
    this.#syncedNames = new Map(this.#names);
    for (const inode of this.#names.values()) {
      inode.content = this.#afterPowerLoss(inode);
      inode.synced = inode.content;
    }
  }

  /** The file system of a process that starts now. */
  mount(): FileSystem {
    const generation = this.#generation;
    const check = (mayFail = false): void => {
      if (generation !== this.#generation) throw systemError('EDEAD');
      if (!mayFail || this.failingSteps === 0) return;
      this.failingSteps--;
      throw systemError('EIO');
    };
    return {
      createDirectory: async () => check(),
      list: async (path) => {
        check();
        const inside = [...this.#names].filter(([name]) => dirname(name) === path);
        return inside.map(([name, inode]) => ({ name: basename(name), sizeBytes: inode.content.byteLength }));
      },
      create: async (path) => {
        check();
        if (this.#names.has(path)) throw systemError('EEXIST');
        const inode = { content: Buffer.alloc(0), synced: Buffer.alloc(0) };
        this.#names.set(path, inode);
        return this.#openFile(inode, check);
      },
      open: async (path) => {
        check();
        return this.#openFile(this.#find(path), check);
      },
      readSmall: async (path) => {
        check();
        return this.#names.get(path)?.content.toString();
      },
      lock: async () => ({ release: async () => undefined }),
      rename: async (from, to) => {
        check(true);
        this.#names.set(to, this.#find(from));
        this.#names.delete(from);
      },
      remove: async (path) => {
        check();
        this.#names.delete(path);
      },
      syncDirectory: async (path) => {
        check(true);
        for (const name of this.#syncedNames.keys()) if (dirname(name) === path) this.#syncedNames.delete(name);
        for (const [name, inode] of this.#names) if (dirname(name) === path) this.#syncedNames.set(name, inode);
      },
    };
  }

  /** Changes bytes in place, as a bad sector does. */
  damage(directory: string, pick: (name: string) => boolean, change: (content: Buffer) => void): void {
    for (const [name, inode] of this.#names) {
      if (dirname(name) === join(directory) && pick(basename(name))) change(inode.content);
    }
  }

  #openFile(inode: Inode, check: (mayFail?: boolean) => void): OpenFile {
    return {
      read: async (target, position) => {
        check();
        return inode.content.copy(target, 0, position);
      },
      write: async (chunks, position) => {
        const bytes = Buffer.concat(chunks);
        try {
          check(true);
        } catch (error) {
          // A failing write may have written a part.
          writeAt(inode, bytes.subarray(0, Math.floor(this.#chance() * bytes.byteLength)), position);
          throw error;
        }
        const count = Math.max(1, Math.floor(this.#chance() * 2 * bytes.byteLength));
        const part = bytes.subarray(0, count);
        writeAt(inode, part, position);
        return part.byteLength;
      },
      datasync: async () => {
        check(true);
        inode.synced = Buffer.from(inode.content);
      },
      truncate: async (length) => {
        check(true);
        inode.content = Buffer.from(inode.content.subarray(0, length));
      },
      close: async () => undefined,
    };
  }

  #find(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw systemError('ENOENT');
    return inode;
  }

  /** What was synced, then some of what was appended since; the last block of it may be anything. */
  #afterPowerLoss({ content, synced }: Inode): Buffer {
    if (content.byteLength <= synced.byteLength) return this.#chance() < 0.5 ? content : synced;
    const survivingBytes = Math.floor(this.#chance() * (content.byteLength - synced.byteLength + 1));
    const tail = Buffer.from(content.subarray(synced.byteLength, synced.byteLength + survivingBytes));
    if (this.#chance() < 0.3) tail.fill(0, Math.floor(tail.byteLength / 2));
    return Buffer.concat([synced, tail]);
  }
}

function writeAt(inode: Inode, bytes: Buffer, position: number): void {
  const size = Math.max(inode.content.byteLength, position + bytes.byteLength);
  const content = Buffer.alloc(size);
  inode.content.copy(content);
  bytes.copy(content, position);
  inode.content = content;
}
