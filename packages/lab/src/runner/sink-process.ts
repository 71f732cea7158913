import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkCounts } from '../sink/counts.js';
import type { SinkReply, SinkRequest, SinkTask } from '../sink/protocol.js';
import { startProcess } from './child.js';

const ANSWER_LIMIT_MS = 30_000;
const POLL_MS = 50;
/** When nothing came for so long after a flush, nothing will: the longest batch delay among the peers' flushes is 0. */
const QUIET_MS = 1_500;
const SETTLE_LIMIT_MS = 30_000;

/** The sink in its own process. */
export interface SinkProcess {
  readonly url: string;
  counts(): Promise<SinkCounts>;
  reset(): Promise<void>;
  /** The counts once all expected spans are there, or nothing more has come for a while. */
  settle(expectedSpans: number): Promise<SinkCounts>;
  stop(): Promise<void>;
}

/** Starts the sink's process, or another one that speaks its protocol. */
export async function startSinkProcess(modulePath: string, task: SinkTask = {}): Promise<SinkProcess> {
  const child = startProcess<SinkReply, SinkRequest>(modulePath, task);
  const { url } = await child.receive('listening', ANSWER_LIMIT_MS);
  const ask = async (type: 'counts' | 'reset'): Promise<SinkCounts> => {
    child.send({ type });
    return (await child.receive('counts', ANSWER_LIMIT_MS)).counts;
  };
  return {
    url,
    counts: () => ask('counts'),
    async reset() {
      await ask('reset');
    },
    async settle(expectedSpans) {
      const limit = performance.now() + SETTLE_LIMIT_MS;
      let counts = await ask('counts');
      let changedAt = performance.now();
      while (counts.distinctSpans < expectedSpans) {
        const now = performance.now();
        if (now - changedAt > QUIET_MS || now > limit) break;
        await sleep(POLL_MS);
        const next = await ask('counts');
        // A collector takes spans first and stores them later: both are progress.
        const isProgress = next.spans !== counts.spans || next.distinctSpans !== counts.distinctSpans;
        if (isProgress) changedAt = performance.now();
        counts = next;
      }
      return counts;
    },
    async stop() {
      child.send({ type: 'stop' });
      await child.waitForEnd(ANSWER_LIMIT_MS);
    },
  };
}
