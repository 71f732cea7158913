import type {
  DestinationStatus,
  ObservationDetail,
  ObservationNode,
  ObservationRow,
  Score,
  TraceDetail,
  TraceSummary,
} from '@slipstream/query-api';

/** 2026-11-22T09:30:01.250Z */
export const START_US = Date.UTC(2026, 10, 22, 9, 30, 1, 250) * 1000;
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

export function makeTrace(changes: Partial<TraceSummary> = {}): TraceSummary {
  return {
    traceId: TRACE_ID,
    name: 'lesson.webhook',
    service: 'robot-lesson',
    environment: 'production',
    release: 'r7',
    startTimeUs: START_US,
    durationUs: 1_240_000,
    running: false,
    observationCount: 3,
    errorCount: 1,
    level: 'ERROR',
    userId: 'user-1',
    sessionId: 'conv-1',
    conversation: 'conv-1',
    tags: ['demo', 'vi'],
    metadata: { bot_id: '7' },
    inputTokens: 1000,
    outputTokens: 234,
    totalTokens: 1234,
    costUsd: 0.00123,
    ...changes,
  };
}

/** Trace ids that differ in their first digits. */
export function traceIdOf(index: number): string {
  return index.toString(16).padStart(8, '0').padEnd(32, 'a');
}

export function makeNode(changes: Partial<ObservationNode> = {}): ObservationNode {
  return {
    spanId: '00f067aa0ba902b7',
    parentSpanId: '',
    type: 'span',
    name: 'lesson.webhook',
    startTimeUs: START_US,
    endTimeUs: START_US + 1_240_000,
    level: 'DEFAULT',
    statusMessage: null,
    model: null,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    costUsd: null,
    completionStartTimeUs: null,
    ...changes,
  };
}

/** A root, a generation in it, and a tool that failed. */
export function makeDetail(changes: Partial<TraceDetail> = {}): TraceDetail {
  return {
    trace: makeTrace(),
    observations: [
      makeNode(),
      makeNode({
        spanId: '1111111111111111',
        parentSpanId: '00f067aa0ba902b7',
        type: 'generation',
        name: 'intent.llm',
        model: 'gpt-5',
        startTimeUs: START_US + 10_000,
        endTimeUs: START_US + 630_000,
        inputTokens: 1000,
        outputTokens: 234,
        totalTokens: 1234,
        costUsd: 0.00123,
      }),
      makeNode({
        spanId: '2222222222222222',
        parentSpanId: '00f067aa0ba902b7',
        type: 'tool',
        name: 'phát âm',
        level: 'ERROR',
        statusMessage: 'no such word',
        startTimeUs: START_US + 640_000,
        endTimeUs: START_US + 1_230_000,
      }),
    ],
    scores: [makeScore()],
    truncated: false,
    ...changes,
  };
}

export function makeScore(changes: Partial<Score> = {}): Score {
  return {
    scoreId: 'score-1',
    spanId: '',
    name: 'helpful',
    dataType: 'NUMERIC',
    value: 0.75,
    text: null,
    comment: 'good',
    metadata: {},
    timeUs: START_US,
    ...changes,
  };
}

export function makeObservation(changes: Partial<ObservationDetail> = {}): ObservationDetail {
  const input = '[{"role":"user","content":"phát âm từ này"}]';
  return {
    ...makeNode({ spanId: '1111111111111111', type: 'generation', name: 'intent.llm', model: 'gpt-5' }),
    traceId: TRACE_ID,
    input: { text: input, fullLength: input.length },
    output: { text: 'được', fullLength: 4 },
    metadata: { attempt: '2' },
    modelParameters: '{"temperature":0}',
    usageDetails: { input: 1000, output: 234 },
    costDetails: { total: 0.00123 },
    costSource: 'reported',
    promptName: 'intent',
    promptVersion: '3',
    version: null,
    service: 'robot-lesson',
    scopeName: 'slipstream',
    scopeVersion: '0.1.0',
    ...changes,
  };
}

export function makeRow(changes: Partial<ObservationRow> = {}): ObservationRow {
  return {
    kind: 'observation',
    trace_id: TRACE_ID,
    span_id: '00f067aa0ba902b7',
    parent_span_id: '',
    type: 'span',
    name: 'lesson.webhook',
    start_ns: '1795339801250000000',
    end_ns: '1795339802490000000',
    revision: 0,
    level: 'DEFAULT',
    status_message: null,
    input: 'xin chào',
    output: null,
    metadata: {},
    model: null,
    model_parameters: null,
    usage_details: {},
    cost_details: {},
    cost_source: 'none',
    completion_start_ns: null,
    prompt_name: null,
    prompt_version: null,
    version: null,
    trace_name: null,
    user_id: null,
    session_id: null,
    tags: [],
    trace_metadata: {},
    trace_input: null,
    trace_output: null,
    environment: null,
    release: null,
    service: 'robot-lesson',
    service_instance_id: null,
    scope_name: '',
    scope_version: '',
    ...changes,
  };
}

export function makeDestination(changes: Partial<DestinationStatus> = {}): DestinationStatus {
  return {
    name: 'langfuse',
    kind: 'langfuse',
    target: 'https://cloud.langfuse.com',
    backlogEntries: 2,
    deliveredEntries: 40,
    deliveredSpans: 1234,
    failedAttempts: 3,
    rejectedSpans: 0,
    sampledOutSpans: 0,
    fault: null,
    deadLetters: { entries: 25, bytes: 4096, oldestMs: Date.now() - 3_600_000, reasons: { 'HTTP 400': 25 } },
    ...changes,
  };
}

/** What a trace may hold to take over a terminal: sequences that colour, retitle, clear and reverse. */
export const HOSTILE = '\u001b[31mred\u001b]0;title\u0007\u009b2J\u202eabc\u2028\u0008\r\nnext\u007f\u200b';

/** A copy in which every text of at least one character ends in hostile characters; keys of records too. */
export function poison<T>(value: T, keep: (key: string, text: string) => boolean): T {
  const walk = (one: unknown, key: string): unknown => {
    if (typeof one === 'string') return one === '' || keep(key, one) ? one : one + HOSTILE;
    if (Array.isArray(one)) return one.map((item) => walk(item, key));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, item]) => [name, walk(item, name)]));
  };
  return walk(value, '') as T;
}
