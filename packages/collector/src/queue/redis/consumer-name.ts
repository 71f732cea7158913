import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type FileSystem, replaceFile } from '../file-system.js';

const FILE_NAME = 'consumer';
const NAME_PATTERN = /^[a-z0-9-]{1,64}$/;
const MAX_HOST_LENGTH = 40;

/**
 * The name under which this collector reads from Redis: made once and kept in its data directory, so that after a
 * restart it finds what it had been given and not finished.
 */
export async function loadConsumerName(fs: FileSystem, directory: string): Promise<string> {
  const known = (await fs.readSmall(join(directory, FILE_NAME)))?.trim() ?? '';
  if (NAME_PATTERN.test(known)) return known;
  const host = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_HOST_LENGTH);
  const name = `${host}-${randomBytes(6).toString('hex')}`;
  await replaceFile(fs, directory, FILE_NAME, `${name}\n`);
  return name;
}
