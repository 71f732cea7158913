import { readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';

const TASKS = '/proc/self/task';

/**
 * Whose work a thread does. `worker`: born after the library was loaded, so that its CPU is the library's. `v8` and
 * `libuv`: Node's own, where the system tells them by name (Node 22 and later); `helper` where it does not.
 */
export type ThreadRole = 'main' | 'worker' | 'v8' | 'libuv' | 'helper';

/** CPU time that the threads of one name and role took in the time of a measurement. */
export interface ThreadCpu {
  readonly name: string;
  readonly role: ThreadRole;
  readonly threads: number;
  readonly cpuMs: number;
}

/** What a record says of threads. */
export interface ThreadShares {
  /** Where the CPU of threads other than the main one is from; `process.cpuUsage` cannot tell them from each other. */
  readonly threadSource?: 'schedstat' | 'process.cpuUsage';
  readonly threads?: readonly ThreadCpu[];
}

/** CPU time of a thread so far. */
export interface ThreadReading {
  readonly id: number;
  readonly name: string;
  readonly cpuUs: number;
}

/** Reads every thread at the edges of a measurement. */
export interface ThreadClock {
  read(): readonly ThreadReading[];
  /** What they took between two readings; a thread that ended in between is not in it. */
  between(start: readonly ThreadReading[], end: readonly ThreadReading[]): readonly ThreadCpu[];
}

/**
 * Opens the clock; MUST be called before the library under test is loaded, because which threads are Node's own is told
 * by who was there before. Undefined where the system has no CPU time of single threads.
 */
export async function openThreadClock(): Promise<ThreadClock | undefined> {
  // An asynchronous look at a file starts libuv's threads, which would else come later and pass for the library's.
  await stat(process.execPath);
  const early = readThreads();
  if (early === undefined) return undefined;
  const earlyIds = new Set(early.map(({ id }) => id));
  return {
    read: () => readThreads() ?? [],
    between: (start, end) => threadsBetween(start, end, earlyIds),
  };
}

function readThreads(): readonly ThreadReading[] | undefined {
  try {
    return readdirSync(TASKS).flatMap((id) => readThread(Number(id)) ?? []);
  } catch {
    // Not Linux: the process's own figure is all there is.
    return undefined;
  }
}

function readThread(id: number): ThreadReading | undefined {
  try {
    const [cpuNs] = readFileSync(`${TASKS}/${id}/schedstat`, 'latin1').split(' ', 1).map(Number);
    const name = readFileSync(`${TASKS}/${id}/comm`, 'latin1').trim();
    return cpuNs === undefined || Number.isNaN(cpuNs) ? undefined : { id, name, cpuUs: cpuNs / 1_000 };
  } catch {
    // It ended after the folder was listed.
    return undefined;
  }
}

/** What they took, by the threads that were there before the library was. */
export function threadsBetween(
  start: readonly ThreadReading[],
  end: readonly ThreadReading[],
  earlyIds: ReadonlySet<number>,
  mainId: number = process.pid,
): readonly ThreadCpu[] {
  const before = new Map(start.map(({ id, cpuUs }) => [id, cpuUs]));
  const groups = new Map<string, ThreadCpu>();
  for (const { id, name, cpuUs } of end) {
    const role = roleOf(id, name, { mainId, isEarly: earlyIds.has(id) });
    const key = `${role} ${name}`;
    const { threads, cpuMs } = groups.get(key) ?? { threads: 0, cpuMs: 0 };
    groups.set(key, { name, role, threads: threads + 1, cpuMs: cpuMs + (cpuUs - (before.get(id) ?? 0)) / 1_000 });
  }
  return [...groups.values()];
}

function roleOf(id: number, name: string, origin: { readonly mainId: number; readonly isEarly: boolean }): ThreadRole {
  if (id === origin.mainId) return 'main';
  if (name.startsWith('libuv')) return 'libuv';
  if (/V8Worker|^DelayedTask/.test(name)) return 'v8';
  return origin.isEarly || name === 'SignalInspector' ? 'helper' : 'worker';
}

/** CPU time of the library's own threads, and of Node's beside the main one. */
export function sumByRole(threads: readonly ThreadCpu[]): { readonly workerMs: number; readonly helperMs: number } {
  const sum = (isWanted: (role: ThreadRole) => boolean): number =>
    threads.filter(({ role }) => isWanted(role)).reduce((total, { cpuMs }) => total + cpuMs, 0);
  return {
    workerMs: sum((role) => role === 'worker'),
    helperMs: sum((role) => role !== 'worker' && role !== 'main'),
  };
}
