import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf } from '../../errors.js';
import type { QueueEntry } from '../../queue/contract.js';

/** An entry that a destination can never take, and why. */
export interface DeadLetter {
  readonly entry: QueueEntry;
  readonly reason: string;
}

/** Keeps dead letters for a human to look at. */
export interface DeadLetters {
  /** Durable when it resolves. */
  add(letters: readonly DeadLetter[]): Promise<void>;
}

/** One older file is kept beside the current one, so that a broken sender cannot fill the disk. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** A file of JSON lines: id, tenant, content type, reason, time, payload in base64. */
export function createDeadLetters(path: string, maxFileBytes = MAX_FILE_BYTES): DeadLetters {
  return {
    async add(letters) {
      await mkdir(dirname(path), { recursive: true });
      if ((await sizeOf(path)) >= maxFileBytes) await rename(path, `${path}.1`);
      const file = await open(path, 'a');
      try {
        for (const letter of letters) await file.writeFile(toLine(letter));
        await file.datasync();
      } finally {
        await file.close();
      }
    },
  };
}

function toLine({ entry, reason }: DeadLetter): string {
  const { id, tenant, contentType, payload } = entry;
  const base64 = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('base64');
  return `${JSON.stringify({ id, tenant, contentType, reason, atMs: Date.now(), payload: base64 })}\n`;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
