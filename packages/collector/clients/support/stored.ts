import {
  type ObservationDetail,
  observationDetailSchema,
  type Score,
  statusSchema,
  type TraceDetail,
  type TraceSummary,
  traceDetailSchema,
  traceListSchema,
} from '@slipstream/query-api';
import { expect, vi } from 'vitest';
import type { z } from 'zod';
import { TOKEN } from './collector.js';

const DEADLINE_MS = 10_000;

/** A trace as the collector's read API gives it. */
export interface StoredTrace {
  readonly trace: TraceSummary;
  /** In the order of the API, with their whole texts. */
  readonly observations: readonly ObservationDetail[];
  readonly scores: readonly Score[];
}

/** Waits until everything that was acknowledged is in the store. */
export async function untilStored(url: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { queue } = await get(url, '/api/v1/status', statusSchema);
      expect(Object.values(queue.backlog).every((entries) => entries === 0)).toBe(true);
    },
    { timeout: DEADLINE_MS, interval: 20 },
  );
}

/** Ids of the traces that match a filter, all without one. */
export async function listTraceIds(url: string, filter = ''): Promise<readonly string[]> {
  const { traces } = await get(url, `/api/v1/traces?limit=500&${filter}`, traceListSchema);
  return traces.map(({ traceId }) => traceId);
}

/** Reads one trace with every detail; what its list says of an observation must be what its detail says. */
export async function readTrace(url: string, traceId: string): Promise<StoredTrace> {
  const path = `/api/v1/traces/${traceId}`;
  const { trace, observations, scores, truncated }: TraceDetail = await get(url, path, traceDetailSchema);
  expect(truncated).toBe(false);
  const details: ObservationDetail[] = [];
  for (const node of observations) {
    const detail = await get(url, `${path}/observations/${node.spanId}?full=1`, observationDetailSchema);
    expect(detail).toMatchObject(node);
    details.push(detail);
  }
  return { trace, observations: details, scores };
}

async function get<Schema extends z.ZodType>(url: string, path: string, schema: Schema): Promise<z.infer<Schema>> {
  const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${TOKEN}` } });
  if (!response.ok) throw new TypeError(`${path} answered ${response.status}: ${await response.text()}`);
  return schema.parse(await response.json());
}
