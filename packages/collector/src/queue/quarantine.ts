import { join } from 'node:path';
import { type FileSystem, writeFully } from './file-system.js';

/** A damaged disk must not fill the rest of itself with copies; past this, broken records are only counted. */
const MAX_FILES = 1000;

/** Keeps copies of records that cannot be read, for a human to look at. */
export interface Quarantine {
  /** Broken records found in this directory so far, those of earlier runs included. */
  count(): number;
  /**
   * Copies the bytes to `quarantine/<segment>-<offset>.bin` and counts them once, however often they are met.
   * A copy that the disk refuses is counted all the same: reading on matters more.
   */
  keep(segmentName: string, offsetBytes: number, bytes: Uint8Array): Promise<void>;
}

/** `onKept` is told of each broken record that is new. */
export async function openQuarantine(
  fs: FileSystem,
  queueDirectory: string,
  onKept: () => void = () => undefined,
): Promise<Quarantine> {
  const directory = join(queueDirectory, 'quarantine');
  const known = new Set((await fs.list(directory)).map(({ name }) => name));
  return {
    count: () => known.size,
    async keep(segmentName, offsetBytes, bytes) {
      const name = `${segmentName}-${offsetBytes}.bin`;
      if (known.has(name)) return;
      known.add(name);
      onKept();
      if (known.size > MAX_FILES) return;
      try {
        await writeCopy(fs, directory, name, bytes);
      } catch {
        // The count stands and the segment itself still holds the bytes, so a full disk costs only the copy.
      }
    },
  };
}

async function writeCopy(fs: FileSystem, directory: string, name: string, bytes: Uint8Array): Promise<void> {
  await fs.createDirectory(directory);
  const file = await fs.create(join(directory, name));
  try {
    await writeFully(file, [bytes], 0);
  } finally {
    await file.close();
  }
}
