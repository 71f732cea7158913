import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantileOfSorted } from '../statistics/quantile.js';
import type { LoadedRequest, LoadResult, LoadTask } from './protocol.js';

/**
 * Sends requests at the times of a fixed plan, whether or not earlier ones were answered (an open loop), over a
 * bounded number of connections. Latency runs from the planned time, so waiting for a connection counts.
 */
export function createLoadGenerator(task: LoadTask): {
  run(durationMs: number): Promise<LoadResult>;
  close(): void;
} {
  const agent = new Agent({ keepAlive: true, maxSockets: task.connections });
  return {
    run: (durationMs) => runPlan(task, agent, durationMs),
    close: () => agent.destroy(),
  };
}

async function runPlan(task: LoadTask, agent: Agent, durationMs: number): Promise<LoadResult> {
  const total = Math.max(1, Math.round((durationMs * task.requestsPerSecond) / 1_000));
  const intervalMs = 1_000 / task.requestsPerSecond;
  const latenciesMs: number[] = [];
  const lateMs: number[] = [];
  const seen: LoadedRequest[] = [];
  const open: Promise<void>[] = [];
  let errors = 0;
  const begin = performance.now();
  for (let sent = 0; sent < total; ) {
    const now = performance.now();
    while (sent < total && begin + sent * intervalMs <= now) {
      const intended = begin + sent * intervalMs;
      lateMs.push(now - intended);
      open.push(
        request(task.url, agent).then(
          () => {
            const latencyMs = performance.now() - intended;
            latenciesMs.push(latencyMs);
            if (task.keepsRequests === true) seen.push({ atUnixMs: performance.timeOrigin + intended, latencyMs });
          },
          () => void errors++,
        ),
      );
      sent++;
    }
    if (sent < total) await sleep(Math.max(1, begin + sent * intervalMs - performance.now()));
  }
  await Promise.all(open);
  const result = summarise({ latenciesMs, lateMs, errors, wallMs: performance.now() - begin });
  return task.keepsRequests === true ? { ...result, seen } : result;
}

function request(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error('not 200'))));
      response.on('error', reject);
      response.resume();
    }).on('error', reject);
  });
}

interface Observed {
  readonly latenciesMs: number[];
  readonly lateMs: number[];
  readonly errors: number;
  readonly wallMs: number;
}

function summarise({ latenciesMs, lateMs, errors, wallMs }: Observed): LoadResult {
  latenciesMs.sort((left, right) => left - right);
  lateMs.sort((left, right) => left - right);
  return {
    requests: latenciesMs.length + errors,
    errors,
    answeredPerSecond: latenciesMs.length / (wallMs / 1_000),
    p50Ms: quantileOfSorted(latenciesMs, 0.5),
    p90Ms: quantileOfSorted(latenciesMs, 0.9),
    p99Ms: quantileOfSorted(latenciesMs, 0.99),
    maxMs: quantileOfSorted(latenciesMs, 1),
    generatorLateP99Ms: quantileOfSorted(lateMs, 0.99),
  };
}
