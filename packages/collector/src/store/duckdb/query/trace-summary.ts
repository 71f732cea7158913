import type { TraceSummary } from '@slipstream/query-api';
import { OBSERVATION_LEVELS } from '@slipstream/wire';
import type { TraceRow } from '../schema/trace-columns.js';

/**
 * A trace is shown as running while a span of it has started and not ended, but not for ever: the process may have
 * died. After this long without news it is shown as it stands.
 */
export const RUNNING_LIMIT_US = 3_600_000_000;

export function toTraceSummary(row: TraceRow, nowUs: number): TraceSummary {
  return {
    traceId: row.traceId,
    name: row.name,
    service: row.service ?? null,
    environment: row.environment ?? null,
    release: row.release ?? null,
    startTimeUs: row.startUs,
    durationUs: row.endUs === undefined ? null : Math.max(0, row.endUs - row.startUs),
    running: row.runningCount > 0 && row.newsUs >= nowUs - RUNNING_LIMIT_US,
    observationCount: row.observationCount,
    errorCount: row.errorCount,
    level: (row.levelRank === undefined ? undefined : OBSERVATION_LEVELS[row.levelRank]) ?? 'DEFAULT',
    userId: row.userId ?? null,
    sessionId: row.sessionId ?? null,
    conversation: row.conversation ?? null,
    tags: [...row.tags],
    metadata: Object.fromEntries(row.metadata),
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    totalTokens: row.totalTokens,
    costUsd: row.costUsd ?? null,
  };
}
