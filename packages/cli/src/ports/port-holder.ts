import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { plainText } from '../terminal/plain-text.js';
import { findListenerPid } from './linux-sockets.js';
import { nameFromTasklist, type PortHolder, pidFromNetstat, processFromLsof } from './listing-formats.js';

const COMMAND_TIMEOUT_MS = 3000;
const NAME_CHARS = 80;

/**
 * Which process listens on a port, as far as the platform tells without special rights: it may belong to another
 * user, or to another container.
 */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  if (process.platform === 'linux') return findOnLinux(port);
  if (process.platform === 'win32') return findOnWindows(port);
  return processFromLsof(await outputOf('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']));
}

/** `process 123 (node server.js)`. */
export function describeHolder(holder: PortHolder): string {
  const name = holder.name === undefined ? '' : ` (${plainText(holder.name, NAME_CHARS)})`;
  return `process ${holder.pid}${name}`;
}

async function findOnLinux(port: number): Promise<PortHolder | undefined> {
  const pid = await findListenerPid(port);
  return pid === undefined ? undefined : { pid, name: await nameOnLinux(pid) };
}

/** Program and script, without their folders and without arguments, which may hold secrets. */
async function nameOnLinux(pid: number): Promise<string | undefined> {
  try {
    const [program = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    const script = args.find((argument) => /\.[cm]?[jt]s$|\.py$/.test(argument));
    const parts = [path.basename(program), ...(script === undefined ? [] : [path.basename(script)])];
    return parts.join(' ').trim() || undefined;
  } catch {
    return undefined; // It has ended, or it is not ours to read: the id alone still helps.
  }
}

async function findOnWindows(port: number): Promise<PortHolder | undefined> {
  const pid = pidFromNetstat(await outputOf('netstat', ['-ano', '-p', 'TCP']), port);
  if (pid === undefined) return undefined;
  const tasks = await outputOf('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  return { pid, name: nameFromTasklist(tasks) };
}

/** What a program prints; nothing where it is missing, fails or takes too long. */
function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: COMMAND_TIMEOUT_MS, windowsHide: true }, (_error, stdout) => resolve(stdout));
  });
}
