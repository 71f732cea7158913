import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.js';

let directory: string;
let lockPath: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-lock-'));
  lockPath = join(directory, 'lock');
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function ownerText(pid: number, startedAt = ''): string {
  return JSON.stringify({ pid, token: 'of another process', startedAt });
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid!;
}

describe('lockDirectory', () => {
  it('lets only one hold a directory, in the same process too', async () => {
    const lock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_LOCKED',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await lock.release();
    await (await lockDirectory(directory)).release();
  });

  it('lets exactly one of many win', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won).toHaveLength(1);
    await won[0]!.release();
  });

  it('names the living process that holds it', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
    try {
      await writeFile(lockPath, ownerText(child.pid!));
      await expect(lockDirectory(directory)).rejects.toThrow(`process ${child.pid}`);
    } finally {
      child.kill();
    }
  });

  it('takes over the lock of a process that is dead', async () => {
    await writeFile(lockPath, ownerText(await deadPid()));
    const lock = await lockDirectory(directory);
    expect(JSON.parse(await readFile(lockPath, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('takes over a lock with its own pid that it does not hold, as after a crash in a container', async () => {
    await writeFile(lockPath, ownerText(process.pid));
    await (await lockDirectory(directory)).release();
  });

  it('takes over a lock that a crash tore', async () => {
    await writeFile(lockPath, '{"pid":');
    await (await lockDirectory(directory)).release();
  });

  it.runIf(process.platform === 'linux')('takes over a lock whose pid was given to another program', async () => {
    await writeFile(lockPath, ownerText(process.ppid, 'another boot:1'));
    await (await lockDirectory(directory)).release();
  });

  it('does not remove a lock that another process took meanwhile', async () => {
    const lock = await lockDirectory(directory);
    await writeFile(lockPath, ownerText(1));
    await lock.release();
    expect(JSON.parse(await readFile(lockPath, 'utf8'))).toMatchObject({ pid: 1 });
  });
});
