import { join } from 'node:path';
import { invalidDestinationName } from '../errors.js';
import { crc32c } from './crc32c.js';
import { type FileSystem, replaceFile } from './file-system.js';

const NAME_PATTERN = /^[a-z0-9-]{1,64}$/;
const FILE_PATTERN = /^cursor-([a-z0-9-]{1,64})$/;
const CONTENT_PATTERN = /^(\d{1,16}) ([0-9a-f]{8})\n$/;

/** How far each destination has come, on disk. */
export interface Cursors {
  /** The durable cursor of a destination; `undefined` for one that is not known yet. */
  get(destination: string): number | undefined;
  /** Records `id` durably, in the order of the calls. */
  set(destination: string, id: number): Promise<void>;
  /** The lowest durable cursor, or `undefined` where no destination is known. */
  lowest(): number | undefined;
  highest(): number;
  /** Every known destination with its durable cursor. */
  entries(): Iterable<readonly [string, number]>;
  /** Forgets a destination durably; it holds nothing back from then on. */
  remove(destination: string): Promise<void>;
  /** The destinations whose file was there and could not be read. */
  readonly damaged: readonly string[];
}

/** @throws `INVALID_DESTINATION_NAME` */
export function checkDestinationName(name: string): void {
  if (!NAME_PATTERN.test(name)) throw invalidDestinationName(name);
}

/**
 * Reads the cursor files of a directory. A file that cannot be read counts as 0: its destination then gets again
 * what is still in the queue, which it must bear anyway, and nothing is lost.
 */
export async function openCursors(fs: FileSystem, directory: string): Promise<Cursors> {
  const durable = new Map<string, number>();
  const damaged: string[] = [];
  for (const { name } of await fs.list(directory)) {
    const destination = FILE_PATTERN.exec(name)?.[1];
    if (destination === undefined) continue;
    const id = decodeCursor(await fs.readSmall(join(directory, name)));
    if (id === undefined) damaged.push(destination);
    durable.set(destination, id ?? 0);
  }
  return {
    get: (destination) => durable.get(destination),
    async set(destination, id) {
      await replaceFile(fs, directory, `cursor-${destination}`, encodeCursor(id));
      durable.set(destination, id);
    },
    lowest: () => (durable.size === 0 ? undefined : Math.min(...durable.values())),
    highest: () => Math.max(0, ...durable.values()),
    entries: () => durable.entries(),
    async remove(destination) {
      await fs.remove(join(directory, `cursor-${destination}`));
      await fs.syncDirectory(directory);
      durable.delete(destination);
    },
    damaged,
  };
}

function encodeCursor(id: number): string {
  return `${id} ${crc32c(Buffer.from(String(id)))
    .toString(16)
    .padStart(8, '0')}\n`;
}

function decodeCursor(content: string | undefined): number | undefined {
  const match = CONTENT_PATTERN.exec(content ?? '');
  const id = match?.[1];
  if (id === undefined || content !== encodeCursor(Number(id))) return undefined;
  return Number(id);
}
