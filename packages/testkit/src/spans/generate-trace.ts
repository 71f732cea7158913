import { ATTRIBUTE, type ObservationType, type Span } from '@slipstream/wire';
import { TestkitError } from '../errors.js';
import { createRandom, type SeededRandom } from '../random/seeded-random.js';
import type { TextLanguage } from '../text/corpus.js';
import { ERROR_MESSAGE, observationAttributes, type TraceIdentity, traceAttributes } from './attributes.js';

/** Options of `generateTrace`; each has a seeded or fixed default. */
export interface TraceOptions {
  /** @default 'trace' */
  readonly seed?: number | string;
  /** @default 7: the spans of one webhook call of the example */
  readonly spanCount?: number;
  /** Deepest nesting, the root being 1. @default 8 */
  readonly maxDepth?: number;
  /** UTF-16 units of input and output together, a span. @default 0: nothing captured */
  readonly payloadCharacters?: number;
  /** @default 'mixed': Vietnamese and English in turns */
  readonly language?: TextLanguage | 'mixed';
  /** @default 2024-01-01T00:00:00Z */
  readonly startUnixNano?: bigint;
  /** @default seeded, 100 to 4,000 ms */
  readonly durationMs?: number;
  /** Chance of an error, a span. @default 0 */
  readonly errorRate?: number;
  /** Leaves the root without an end and marks it as running. @default false */
  readonly isRunning?: boolean;
  readonly conversationId?: string;
  readonly userId?: string;
  readonly botId?: string;
}

interface SpanPlan {
  readonly name: string;
  readonly type: ObservationType;
  /** Index of the parent in the plan; -1 for the root. */
  readonly parent: number;
  readonly depth: number;
}

interface Interval {
  readonly startNs: number;
  readonly durationNs: number;
}

const DEFAULT_START_UNIX_NANO = 1_704_067_200_000_000_000n;
const DEFAULT_SPAN_COUNT = 7;
const DEFAULT_MAX_DEPTH = 8;

/** The example service's trace, in order of start; longer traces go on with agent steps. */
const LESSON_TRACE: readonly SpanPlan[] = [
  { name: 'lesson.webhook', type: 'span', parent: -1, depth: 1 },
  { name: 'state.load', type: 'span', parent: 0, depth: 2 },
  { name: 'intent', type: 'span', parent: 0, depth: 2 },
  { name: 'intent.phoneme', type: 'span', parent: 2, depth: 3 },
  { name: 'intent.llm', type: 'generation', parent: 2, depth: 3 },
  { name: 'lesson.reply', type: 'generation', parent: 0, depth: 2 },
  { name: 'state.save', type: 'span', parent: 0, depth: 2 },
];

const FURTHER_STEPS: readonly { readonly name: string; readonly type: ObservationType }[] = [
  { name: 'agent.plan', type: 'agent' },
  { name: 'retrieve.passages', type: 'retriever' },
  { name: 'embed.query', type: 'embedding' },
  { name: 'tool.dictionary', type: 'tool' },
  { name: 'llm.answer', type: 'generation' },
  { name: 'check.answer', type: 'evaluator' },
  { name: 'guard.output', type: 'guardrail' },
];

/**
 * The spans of one trace, parents before children, each child within its parent's time. Equal options give equal spans.
 * @throws TestkitError `INVALID_OPTION` for a span count under 1 or a depth under 2
 */
export function generateTrace(options: TraceOptions = {}): Span[] {
  const spanCount = options.spanCount ?? DEFAULT_SPAN_COUNT;
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  if (!(spanCount >= 1)) throw new TestkitError('INVALID_OPTION', `spanCount must be 1 or more, not ${spanCount}`);
  if (!(maxDepth >= 2)) throw new TestkitError('INVALID_OPTION', `maxDepth must be 2 or more, not ${maxDepth}`);
  const random = createRandom(options.seed ?? 'trace');
  const plan = planSpans(spanCount, maxDepth, random.fork('shape'));
  const durationNs = (options.durationMs ?? random.integer(100, 4_000)) * 1_000_000;
  const intervals = planIntervals(plan, durationNs);
  const identity = traceIdentity(options, random.fork('identity'));
  const ids = random.fork('ids');
  const traceId = ids.hex(32);
  const spanIds = plan.map(() => ids.hex(16));
  const context: BuildContext = { options, random: random.fork('content'), identity, traceId, spanIds };
  return plan.map((step, index) => buildSpan(step, index, intervals[index] as Interval, context));
}

interface BuildContext {
  readonly options: TraceOptions;
  readonly random: SeededRandom;
  readonly identity: TraceIdentity;
  readonly traceId: string;
  readonly spanIds: readonly string[];
}

function traceIdentity(options: TraceOptions, random: SeededRandom): TraceIdentity {
  return {
    conversationId: options.conversationId ?? `conversation-${random.hex(8)}`,
    userId: options.userId ?? `user-${random.integer(1, 200)}`,
    botId: options.botId ?? `bot-${random.integer(1, 8)}`,
  };
}

function planSpans(spanCount: number, maxDepth: number, random: SeededRandom): SpanPlan[] {
  const plan: SpanPlan[] = LESSON_TRACE.slice(0, spanCount).map((step) =>
    step.depth <= maxDepth ? step : { ...step, parent: 0, depth: 2 },
  );
  while (plan.length < spanCount) {
    const candidate = random.integer(0, plan.length - 1);
    const parent = (plan[candidate] as SpanPlan).depth < maxDepth ? candidate : 0;
    plan.push({ ...random.pick(FURTHER_STEPS), parent, depth: (plan[parent] as SpanPlan).depth + 1 });
  }
  return plan;
}

/** Siblings follow one another: each gets an equal share of its parent's time, with a little room around it. */
function planIntervals(plan: readonly SpanPlan[], durationNs: number): Interval[] {
  const childCounts = new Map<number, number>();
  for (const { parent } of plan) childCounts.set(parent, (childCounts.get(parent) ?? 0) + 1);
  const placed = new Map<number, number>();
  const intervals: Interval[] = [];
  for (const { parent } of plan) {
    const outer = intervals[parent];
    if (outer === undefined) {
      intervals.push({ startNs: 0, durationNs });
      continue;
    }
    const slotNs = outer.durationNs / ((childCounts.get(parent) ?? 1) + 0.2);
    const position = placed.get(parent) ?? 0;
    placed.set(parent, position + 1);
    intervals.push({ startNs: outer.startNs + (position + 0.1) * slotNs, durationNs: slotNs * 0.95 });
  }
  return intervals;
}

function buildSpan(step: SpanPlan, index: number, interval: Interval, context: BuildContext): Span {
  const { options, random, identity, traceId, spanIds } = context;
  const isError = random.chance(options.errorRate ?? 0);
  const isRunning = options.isRunning === true && step.parent === -1;
  const startUnixNano = (options.startUnixNano ?? DEFAULT_START_UNIX_NANO) + BigInt(Math.round(interval.startNs));
  const language = options.language ?? 'mixed';
  const content = {
    type: step.type,
    language: language === 'mixed' ? (index % 2 === 0 ? 'vi' : 'en') : language,
    payloadCharacters: options.payloadCharacters ?? 0,
    isError,
  } as const;
  const attributes = [...observationAttributes(content, startUnixNano, random), ...traceAttributes(identity)];
  if (isRunning) attributes.push({ key: ATTRIBUTE.spanRunning, value: true });
  return {
    traceId,
    spanId: spanIds[index] as string,
    traceState: '',
    parentSpanId: step.parent === -1 ? '' : (spanIds[step.parent] as string),
    flags: 1,
    name: step.name,
    kind: 1,
    startTimeUnixNano: startUnixNano,
    endTimeUnixNano: isRunning ? 0n : startUnixNano + BigInt(Math.round(interval.durationNs)),
    attributes,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: isError ? { message: ERROR_MESSAGE, code: 2 } : { message: '', code: 0 },
  };
}
