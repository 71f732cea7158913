import type { ArmName } from '../arms/registry.js';
import { libraryOf } from '../mistakes/scenarios.js';
import type { Scenario } from '../runner/scenarios.js';
import { createPayload, type PayloadShape } from '../sample/payload.js';
import { SPANS_PER_TRACE } from '../sample/traced-work.js';
import type { WorkKind } from '../sample/works/work.js';
import type { Charset, Pace, TextSize } from './constants.js';
import { describeMistakeSpans } from './mistake-facts.js';

/** What one captured value holds, as far as its cost depends on it. */
export interface ValueFacts {
  /** True for a value that is a text itself, so that nothing turns it into JSON. */
  readonly isText: boolean;
  /** Objects and arrays in it. */
  readonly objects: number;
  readonly properties: number;
  readonly shortTexts: number;
  readonly longTexts: number;
  /** Characters of its texts, in units of 1,024. */
  readonly kichars: number;
  /** Characters of its JSON, in units of 1,024. */
  readonly jsonKichars: number;
}

/** What a scenario asks of a library for each span. */
export interface SpanFacts {
  readonly pace: Pace;
  readonly size: TextSize;
  readonly charset: Charset;
  readonly input: ValueFacts;
  readonly output: ValueFacts;
  /** Spans between the start and the end of the measurement. */
  readonly spans: number;
  /** How many of the spans begin a trace: 1/7. */
  readonly roots: number;
  /** Awaited calls of async functions with an await that the work itself makes for a span. */
  readonly awaits: number;
  /** Chunks of a streamed answer that a drop-in looks at, for each span. */
  readonly chunks: number;
  /** Spans between two rests, which a library could put off no longer than that. */
  readonly spansPerBurst: number;
  /** About how many spans there are in a second; what a timer sends depends on it. */
  readonly spansPerSecond: number;
}

/** Texts up to here are copied by loops where a native call costs more. */
const SHORT_LENGTH = 16;
const KICHAR = 1_024;
/** A root and two steps with two awaits each, four leaves with one, and the awaiting of the root. */
const AWAITS_PER_TRACE = 2 + 2 * 2 + 4 + 1;
/** An awaited call of a function with an await has two. */
const AWAITS_PER_CALL = 2;

/** Awaited calls of async functions with an await, as the constant has them, that the work makes for a span. */
export const AWAITS_PER_SPAN: number = AWAITS_PER_TRACE / AWAITS_PER_CALL / SPANS_PER_TRACE;
/** What a burst of work takes beside its rest, about; it only decides how many timers fall due. */
const BURST_MS = 2;
const TIGHT_SPANS_PER_SECOND = 50_000;

/** The scenarios that the model predicts: what costs a span. Start-up, bursts and exits are measured alone. */
export type PredictedScenario = Extract<Scenario, { kind: 'loop' | 'server' | 'mistake' }>;

/** True for those, where the backend is well. */
export function isPredicted(scenario: Scenario): scenario is PredictedScenario {
  if (scenario.kind === 'server') return scenario.backend === undefined;
  return scenario.kind === 'loop' || scenario.kind === 'mistake';
}

/** What a scenario asks of a library; undefined for a mistake that nobody knows any more. */
export function describeSpans(scenario: PredictedScenario, arm: ArmName, seed: number): SpanFacts | undefined {
  if (scenario.kind === 'mistake') return describeMistakeSpans(scenario, libraryOf(arm) ?? 'slipstream');
  const payload = createPayload(scenario.payload, seed);
  const shape = shapeOf(workOf(scenario));
  return {
    size: sizeOf(scenario.payload),
    charset: scenario.payload.includes('vietnamese') ? 'twoByte' : 'oneByte',
    input: describeValue(payload.nextInput()),
    output: describeValue(shape.answer ?? payload.nextOutput()),
    roots: 1 / shape.spansPerRoot,
    awaits: shape.awaits,
    chunks: shape.chunks,
    ...rhythmOf(scenario, shape.unitsPerTrace),
  };
}

/** What is traced; a server and the programs of a mistake trace functions. */
export function workOf(scenario: PredictedScenario): WorkKind {
  return scenario.kind === 'loop' ? (scenario.work ?? 'functions') : 'functions';
}

/** What a trace of a work is made of, counted in `sample/works`. */
export interface WorkShape {
  /** Functions, calls or steps, for each of which a figure is. */
  readonly unitsPerTrace: number;
  readonly spansPerRoot: number;
  readonly awaits: number;
  readonly chunks: number;
  /** What a span gives back, where it is not the payload's. */
  readonly answer?: unknown;
}

const LEVELS = 100;
const OPENAI_CALLS = 3;
const OPENAI_CHUNKS = 32;
const LANGCHAIN_STEPS = 6;
/** Awaited calls inside the `openai` package and in `fetch` for a call of a model, about. */
const OPENAI_AWAITS = 12;

/** The shape of a work. */
export function shapeOf(work: WorkKind): WorkShape {
  switch (work) {
    case 'functions':
      return { unitsPerTrace: SPANS_PER_TRACE, spansPerRoot: SPANS_PER_TRACE, awaits: AWAITS_PER_SPAN, chunks: 0 };
    case 'deep':
      return { unitsPerTrace: LEVELS, spansPerRoot: LEVELS, awaits: 1 / AWAITS_PER_CALL, chunks: 0 };
    case 'openai': {
      const answer = { role: 'assistant', content: 'word '.repeat(OPENAI_CHUNKS) };
      const chunks = OPENAI_CHUNKS / OPENAI_CALLS;
      return { unitsPerTrace: OPENAI_CALLS, spansPerRoot: 1, awaits: OPENAI_AWAITS, chunks, answer };
    }
    case 'langchain':
      return { unitsPerTrace: LANGCHAIN_STEPS, spansPerRoot: LANGCHAIN_STEPS, awaits: 0, chunks: 0 };
  }
}

function sizeOf(shape: PayloadShape): TextSize {
  // Two hundred messages are short texts, however long they are together.
  return shape.startsWith('100kb-string') ? 'long' : 'short';
}

type Rhythm = Pick<SpanFacts, 'pace' | 'spans' | 'spansPerBurst' | 'spansPerSecond'>;

function rhythmOf(scenario: Exclude<PredictedScenario, { kind: 'mistake' }>, unitsPerTrace: number): Rhythm {
  if (scenario.kind === 'server') {
    const spansPerSecond = scenario.requestsPerSecond * SPANS_PER_TRACE;
    const spans = (spansPerSecond * scenario.durationMs) / 1_000;
    return { pace: 'paced', spans, spansPerBurst: SPANS_PER_TRACE, spansPerSecond };
  }
  const spansPerBurst = scenario.tracesPerCycle * unitsPerTrace;
  return {
    pace: scenario.restMs === 0 ? 'tight' : 'paced',
    spans: scenario.cycles * spansPerBurst,
    spansPerBurst,
    spansPerSecond:
      scenario.restMs === 0 ? TIGHT_SPANS_PER_SECOND : (spansPerBurst * 1_000) / (scenario.restMs + BURST_MS),
  };
}

/** Walks a value as a library would. */
export function describeValue(value: unknown): ValueFacts {
  const found = { objects: 0, properties: 0, shortTexts: 0, longTexts: 0, kichars: 0 };
  const walk = (item: unknown): void => {
    if (typeof item === 'string') {
      if (item.length <= SHORT_LENGTH) found.shortTexts++;
      else found.longTexts++;
      found.kichars += item.length / KICHAR;
    } else if (typeof item === 'object' && item !== null) {
      found.objects++;
      const entries = Object.values(item);
      if (!Array.isArray(item)) found.properties += entries.length;
      for (const entry of entries) walk(entry);
    }
  };
  walk(value);
  const isText = typeof value === 'string';
  const text = isText ? value : (JSON.stringify(value) ?? '');
  return { ...found, isText, jsonKichars: text.length / KICHAR };
}
