import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Where the main thread's CPU time came from. The last one is the whole process: it holds the work of every other
 * thread too, and reports must say so.
 */
export type CpuSource = 'schedstat' | 'threadCpuUsage' | 'process.cpuUsage';

/** CPU used so far. */
export interface CpuReading {
  /** The main thread's CPU time, or the process's where the source says so. */
  readonly mainUs: number;
  /** Time the main thread was ready to run and had to wait for a core; 0 where the system does not tell. */
  readonly waitUs: number;
  /** CPU time of all threads. */
  readonly processUs: number;
}

/** Reads CPU time at the edges of a measurement, never inside it. */
export interface CpuClock {
  readonly source: CpuSource;
  /** Sleeps a moment first: Linux books a thread's time when it leaves its core, so a running thread reads old news. */
  read(): Promise<CpuReading>;
}

const SETTLE_MS = 2;

interface ThreadUsage {
  user: number;
  system: number;
}

/** Opens the best clock that this system has. */
export function openCpuClock(): CpuClock {
  const readMain = openSchedstat() ?? openThreadUsage();
  return {
    source: readMain?.source ?? 'process.cpuUsage',
    async read() {
      await sleep(SETTLE_MS);
      const usage = process.cpuUsage();
      const processUs = usage.user + usage.system;
      return { processUs, ...(readMain?.read() ?? { mainUs: processUs, waitUs: 0 }) };
    },
  };
}

interface MainThreadClock {
  readonly source: CpuSource;
  read(): { mainUs: number; waitUs: number };
}

function openSchedstat(): MainThreadClock | undefined {
  const path = `/proc/self/task/${process.pid}/schedstat`;
  const read = (): { mainUs: number; waitUs: number } => {
    const [cpuNs, waitNs] = readFileSync(path, 'latin1').split(' ', 2).map(Number);
    return { mainUs: (cpuNs ?? Number.NaN) / 1_000, waitUs: (waitNs ?? Number.NaN) / 1_000 };
  };
  try {
    return read().mainUs > 0 ? { source: 'schedstat', read } : undefined;
  } catch {
    // Not Linux, or a kernel without scheduler statistics: another source takes over.
    return undefined;
  }
}

function openThreadUsage(): MainThreadClock | undefined {
  const threadCpuUsage = (process as { threadCpuUsage?: () => ThreadUsage }).threadCpuUsage;
  if (threadCpuUsage === undefined) return undefined;
  return {
    source: 'threadCpuUsage',
    read() {
      const usage = threadCpuUsage.call(process);
      return { mainUs: usage.user + usage.system, waitUs: 0 };
    },
  };
}
