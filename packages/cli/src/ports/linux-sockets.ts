import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTENING = '0A';
const NUMERIC = /^\d+$/;

/**
 * Inodes of the sockets that listen on a port, from the text of `/proc/net/tcp` or `tcp6`. Columns: number, local
 * address:port in hexadecimal, remote, state, queues, timer, retransmits, user, timeout, inode.
 */
export function listeningInodes(procNetTcp: string, port: number): string[] {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return procNetTcp
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(ending) && columns[3] === LISTENING)
    .map((columns) => columns[9] ?? '')
    .filter((inode) => NUMERIC.test(inode) && inode !== '0');
}

/** The process that holds a listening socket of this port open; `undefined` where none of ours to see does. */
export async function findListenerPid(port: number): Promise<number | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty));
  const inodes = tables.flatMap((table) => listeningInodes(table, port));
  if (inodes.length === 0) return undefined;
  const wanted = new Set(inodes.map((inode) => `socket:[${inode}]`));
  for (const pid of (await listOrEmpty('/proc')).filter((name) => NUMERIC.test(name))) {
    for (const descriptor of await listOrEmpty(`/proc/${pid}/fd`)) {
      if (wanted.has(await linkOrEmpty(`/proc/${pid}/fd/${descriptor}`))) return Number(pid);
    }
  }
  return undefined;
}

// Processes end while we look, and those of others are closed to us: both mean "not this one".

function readOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function listOrEmpty(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function linkOrEmpty(link: string): Promise<string> {
  return readlink(link).catch(() => '');
}
