import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { dataDirectoryLocked, systemCodeOf } from '../errors.js';

/** Holds a directory for this process. */
export interface DirectoryLock {
  release(): Promise<void>;
}

const LOCK_NAME = 'lock';

/** Two tries: the second follows the removal of a stale lock. A third owner in between is a live one. */
const MAX_ATTEMPTS = 3;

const ownerSchema = z.object({
  pid: z.number().int().positive(),
  token: z.string(),
  /** When the process started, in the system's own words, so that a reused process id is recognised; '' where unknown. */
  startedAt: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

/**
 * Tokens of the locks that this process holds or is about to: within one process the pid proves nothing, and after
 * a crash in a container the next process often has the same pid.
 */
const ownTokens = new Set<string>();

/**
 * Makes this process the only one that uses the directory. A lock whose process is gone is taken over.
 *
 * @throws `DATA_DIRECTORY_LOCKED` with the pid of the process that holds it.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = resolve(directory);
  const lockPath = join(path, LOCK_NAME);
  const owner: Owner = { pid: process.pid, token: randomUUID(), startedAt: startOf(process.pid) };
  const candidatePath = `${lockPath}.${owner.token}`;
  await writeFile(candidatePath, JSON.stringify(owner), { flag: 'wx' });
  ownTokens.add(owner.token);
  try {
    await claimOrTakeOver(candidatePath, lockPath, path);
  } catch (error) {
    ownTokens.delete(owner.token);
    throw error;
  } finally {
    await rm(candidatePath, { force: true });
  }
  return { release: () => release(lockPath, owner.token) };
}

async function claimOrTakeOver(candidatePath: string, lockPath: string, directory: string): Promise<void> {
  for (let attempt = 1; !(await claim(candidatePath, lockPath)); attempt++) {
    const holder = await readOwner(lockPath);
    const isHeld = holder !== undefined && isAlive(holder);
    if (isHeld || attempt === MAX_ATTEMPTS) throw dataDirectoryLocked(directory, holder?.pid ?? 0, lockPath);
    await discard(lockPath, holder);
  }
}

/** Puts the lock in place in one step that fails where there is one, with its content already in it. */
async function claim(candidatePath: string, lockPath: string): Promise<boolean> {
  try {
    await link(candidatePath, lockPath);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    return claimByCreation(candidatePath, lockPath, error);
  }
}

/** Some file systems (FAT, network shares) have no hard links. */
async function claimByCreation(candidatePath: string, lockPath: string, linkError: unknown): Promise<boolean> {
  try {
    await writeFile(lockPath, await readFile(candidatePath), { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw linkError;
  }
}

async function readOwner(lockPath: string): Promise<Owner | undefined> {
  try {
    const parsed = ownerSchema.safeParse(JSON.parse(await readFile(lockPath, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Gone, or torn by a crash while it was written: either way nobody can be shown to hold it.
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  if (owner.pid === process.pid) return ownTokens.has(owner.token);
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
  const startedAt = startOf(owner.pid);
  return owner.startedAt === '' || startedAt === '' || startedAt === owner.startedAt;
}

/**
 * The boot and the clock tick at which a process started, on Linux; '' elsewhere.
 * A process id alone may have been given to another program since.
 */
function startOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, in brackets, may hold spaces; the start time is the 20th field after it.
    const startTicks = status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startTicks}`;
  } catch {
    // No such file system here, or no such process: the caller then goes by the pid alone.
    return '';
  }
}

/** Moves a stale lock away, and puts it back if another process took over in the moment between. */
async function discard(lockPath: string, stale: Owner | undefined): Promise<void> {
  const asidePath = `${lockPath}.stale-${randomUUID()}`;
  try {
    await rename(lockPath, asidePath);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readOwner(asidePath);
  if (moved !== undefined && moved.token !== stale?.token) await claim(asidePath, lockPath);
  await rm(asidePath, { force: true });
}

async function release(lockPath: string, token: string): Promise<void> {
  if (!ownTokens.delete(token)) return;
  if ((await readOwner(lockPath))?.token === token) await rm(lockPath, { force: true });
}
