import { type CpuClock, type CpuReading, openCpuClock } from './cpu-clock.js';
import { startGcWatch } from './gc-watch.js';
import { describeMemory, readMemory } from './memory-watch.js';
import type { Metrics } from './protocol.js';
import { openThreadClock, sumByRole, type ThreadCpu, type ThreadShares } from './thread-cpu.js';

/** What a process can be asked for at the edges of a measurement; opened before the library is loaded. */
export interface Instruments {
  readonly clock: CpuClock;
  begin(): Promise<MeasuredWindow>;
}

/** A measurement that has begun. */
export interface MeasuredWindow {
  readonly start: CpuReading;
  end(): Promise<WindowReading>;
}

/** A measurement that has ended. */
export interface WindowReading {
  readonly end: CpuReading;
  /** Garbage collection and memory. */
  readonly metrics: Metrics;
  /** Where the system tells the CPU time of single threads. */
  readonly threads?: readonly ThreadCpu[];
}

/** Opens the instruments; MUST come before the library under test is loaded. */
export async function openInstruments(): Promise<Instruments> {
  const threadClock = await openThreadClock();
  const clock = openCpuClock();
  return {
    clock,
    // The CPU clock is the last that is read before the work and the first after it: what the others take is outside.
    async begin() {
      const memory = readMemory();
      const gc = startGcWatch();
      const threads = threadClock?.read();
      const start = await clock.read();
      return {
        start,
        async end() {
          const end = await clock.read();
          const metrics = { ...gc.stop(), ...describeMemory(memory, readMemory()) };
          if (threadClock === undefined || threads === undefined) return { end, metrics };
          return { end, metrics, threads: threadClock.between(threads, threadClock.read()) };
        },
      };
    },
  };
}

/** Each thread's share as a record keeps it, or that only the process's own figure could be had. */
export function threadsOf({ threads }: WindowReading): ThreadShares {
  return threads === undefined ? { threadSource: 'process.cpuUsage' } : { threadSource: 'schedstat', threads };
}

/** CPU a span, of the main thread and of the others, these in parts where single threads can be told. */
export function cpuPerSpan(start: CpuReading, { end, threads }: WindowReading, spans: number): Metrics {
  const mainUs = end.mainUs - start.mainUs;
  const roles = threads === undefined ? undefined : sumByRole(threads);
  return {
    mainCpuUsPerSpan: mainUs / spans,
    otherCpuUsPerSpan: Math.max(0, end.processUs - start.processUs - mainUs) / spans,
    ...(roles === undefined
      ? {}
      : {
          workerCpuUsPerSpan: (roles.workerMs * 1_000) / spans,
          helperCpuUsPerSpan: (roles.helperMs * 1_000) / spans,
        }),
  };
}

/** The same for a time, where what is made in it is not of one's own choice. */
export function cpuPerSecond(start: CpuReading, { end, threads }: WindowReading, wallMs: number): Metrics {
  const mainUs = end.mainUs - start.mainUs;
  const roles = threads === undefined ? undefined : sumByRole(threads);
  const seconds = wallMs / 1_000;
  return {
    mainCpuMsPerSecond: mainUs / 1_000 / seconds,
    otherCpuMsPerSecond: Math.max(0, end.processUs - start.processUs - mainUs) / 1_000 / seconds,
    runQueueWaitMs: (end.waitUs - start.waitUs) / 1_000,
    ...(roles === undefined
      ? {}
      : { workerCpuMsPerSecond: roles.workerMs / seconds, helperCpuMsPerSecond: roles.helperMs / seconds }),
  };
}
