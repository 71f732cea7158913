import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of temporary files; whatever a crash left in it goes when it is opened. */
export interface TransferDirectory {
  /** A folder of its own for one transfer, and the way to remove it with all that is in it. Safe to call twice. */
  create(): Promise<TransferFolder>;
}

export interface TransferFolder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function openTransferDirectory(path: string): Promise<TransferDirectory> {
  await rm(path, { recursive: true, force: true });
  return {
    async create() {
      const folder = join(path, randomUUID());
      await mkdir(folder, { recursive: true });
      return { path: folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
    },
  };
}
