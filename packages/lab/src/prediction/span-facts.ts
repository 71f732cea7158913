import type { Scenario } from '../runner/scenarios.js';
import { createPayload, type PayloadShape } from '../sample/payload.js';
import { SPANS_PER_TRACE } from '../sample/traced-work.js';
import type { Charset, Pace, TextSize } from './constants.js';

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
  /** Calls of async functions with an await that the work itself makes for a span. */
  readonly awaits: number;
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
/** What a burst of work takes beside its rest, about; it only decides how many timers fall due. */
const BURST_MS = 2;
const TIGHT_SPANS_PER_SECOND = 50_000;

/** The scenarios that the model predicts: what costs a span. Start-up, bursts and exits are measured alone. */
export type PredictedScenario = Extract<Scenario, { kind: 'loop' | 'server' }>;

/** True for those, where the backend is well. */
export function isPredicted(scenario: Scenario): scenario is PredictedScenario {
  return scenario.kind === 'loop' || (scenario.kind === 'server' && scenario.backend === undefined);
}

/** Counts what a scenario hands to a library. The payload is made as the sample makes it, and looked at. */
export function describeSpans(scenario: PredictedScenario, seed: number): SpanFacts {
  const payload = createPayload(scenario.payload, seed);
  return {
    size: sizeOf(scenario.payload),
    charset: scenario.payload.includes('vietnamese') ? 'twoByte' : 'oneByte',
    input: describeValue(payload.nextInput()),
    output: describeValue(payload.nextOutput()),
    roots: 1 / SPANS_PER_TRACE,
    awaits: AWAITS_PER_TRACE / SPANS_PER_TRACE,
    ...rhythmOf(scenario),
  };
}

function sizeOf(shape: PayloadShape): TextSize {
  // Two hundred messages are short texts, however long they are together.
  return shape.startsWith('100kb-string') ? 'long' : 'short';
}

function rhythmOf(scenario: PredictedScenario): Pick<SpanFacts, 'pace' | 'spans' | 'spansPerBurst' | 'spansPerSecond'> {
  if (scenario.kind === 'server') {
    const spansPerSecond = scenario.requestsPerSecond * SPANS_PER_TRACE;
    const spans = (spansPerSecond * scenario.durationMs) / 1_000;
    return { pace: 'paced', spans, spansPerBurst: SPANS_PER_TRACE, spansPerSecond };
  }
  const spansPerBurst = scenario.tracesPerCycle * SPANS_PER_TRACE;
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
