import * as c from './columns.js';

/** What the list of traces shows and filters by: the fold of a trace's observations (`intake/trace-state.ts`). */
export interface TraceRow {
  readonly traceId: string;
  readonly name: string;
  readonly service: string | undefined;
  readonly environment: string | undefined;
  readonly release: string | undefined;
  /** First start. */
  readonly startUs: number;
  /** Last start: with `startUs` it bounds where the observations of the trace are looked for. */
  readonly lastStartUs: number;
  /** Last end of an ended span. */
  readonly endUs: number | undefined;
  readonly runningCount: number;
  readonly observationCount: number;
  readonly errorCount: number;
  /** Index into `OBSERVATION_LEVELS` of the gravest ended observation; `undefined` while none has ended. */
  readonly levelRank: number | undefined;
  readonly userId: string | undefined;
  readonly sessionId: string | undefined;
  readonly conversation: string | undefined;
  readonly tags: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly costUsd: number | undefined;
  /** When the store last heard of the trace, by its own clock. */
  readonly newsUs: number;
}

/** Both `traces` (quiet for a while) and `hot_traces` (small, rewritten as spans arrive); a trace is in one of them. */
export const TRACE_COLUMNS: readonly c.Column<TraceRow>[] = [
  c.column('trace_id', 'traceId', c.text),
  c.column('name', 'name', c.text),
  c.column('service', 'service', c.optionalText),
  c.column('environment', 'environment', c.optionalText),
  c.column('release', 'release', c.optionalText),
  c.column('start_us', 'startUs', c.whole),
  c.column('last_start_us', 'lastStartUs', c.whole),
  c.column('end_us', 'endUs', c.optionalWhole),
  c.column('running_count', 'runningCount', c.count),
  c.column('observation_count', 'observationCount', c.count),
  c.column('error_count', 'errorCount', c.count),
  c.column('level_rank', 'levelRank', c.optionalCount),
  c.column('user_id', 'userId', c.optionalText),
  c.column('session_id', 'sessionId', c.optionalText),
  c.column('conversation', 'conversation', c.optionalText),
  c.column('tags', 'tags', c.textList),
  c.column('metadata', 'metadata', c.textMap),
  c.column('input_tokens', 'inputTokens', c.real),
  c.column('output_tokens', 'outputTokens', c.real),
  c.column('total_tokens', 'totalTokens', c.real),
  c.column('cost_usd', 'costUsd', c.optionalReal),
  c.column('news_us', 'newsUs', c.whole),
];
