import type { MistakeCounts, MistakeLibrary } from '../mistakes/mistake.js';
import { findMistake } from '../mistakes/scenarios.js';
import type { SpanFacts, ValueFacts } from './span-facts.js';

/** What names a program of a mistake. */
export interface MistakeScenario {
  readonly mistake: string;
  readonly version: string;
}

const KICHAR = 1_024;
/** Texts of this length and longer are as long as those of `100kb-string`. */
const LONG_TEXT = 10_000;
/** Characters for each property of the state that mistake 1.3 captures, and of a lesson's request. */
const CHARACTERS_PER_PROPERTY = 100;

/** What a program of a mistake asks of a library for each span. */
export function describeMistakeSpans(scenario: MistakeScenario, library: MistakeLibrary): SpanFacts | undefined {
  const found = findMistake(scenario);
  if (found === undefined) return undefined;
  const { mistake, version } = found;
  const counts = version.counts[library];
  const { spansPerRequest, capturedCharactersPerRequest } = counts;
  // Pages of lesson material are one text each; everything else is a tree of short ones.
  const isText = mistake.textASpan === '16 KB';
  const characters = capturedCharactersPerRequest / Math.max(1, 2 * spansPerRequest);
  const value = describeCharacters(characters, isText);
  return {
    pace: 'paced',
    size: isText && characters >= LONG_TEXT ? 'long' : 'short',
    charset: 'oneByte',
    input: value,
    output: value,
    spans: mistake.requests * spansPerRequest,
    roots: 1 / Math.max(1, spansPerRequest),
    awaits: 1,
    chunks: 0,
    spansPerBurst: Math.max(1, spansPerRequest),
    spansPerSecond: (spansPerRequest * 1_000) / mistake.paceMs,
  };
}

function describeCharacters(characters: number, isText: boolean): ValueFacts {
  const properties = isText ? 0 : characters / CHARACTERS_PER_PROPERTY;
  const kichars = characters / KICHAR;
  return {
    isText,
    objects: properties / 2,
    properties,
    shortTexts: properties / 2,
    longTexts: isText ? 1 : properties / 2,
    kichars,
    jsonKichars: kichars,
  };
}

/** What a program does for a request besides its spans; undefined where nothing is known of it. */
export function countsOf(scenario: MistakeScenario, library: MistakeLibrary): MistakeCounts | undefined {
  return findMistake(scenario)?.version.counts[library];
}

/** Spans of a program's warm-up. */
export function warmUpSpansOf(scenario: MistakeScenario, library: MistakeLibrary): number | undefined {
  const found = findMistake(scenario);
  return found === undefined ? undefined : found.mistake.warmupRequests * found.version.counts[library].spansPerRequest;
}

/** Why a program is not predicted; undefined where it is. */
export function whyNotPredictedMistake(scenario: MistakeScenario, library: MistakeLibrary): string | undefined {
  const found = findMistake(scenario);
  if (found === undefined) return 'the mistake is not known';
  const { place, counts } = found.version;
  if (place[library].F === 'F.lazy') return 'loading modules is no operation of the model';
  if (counts[library].clientsPerRequest > 0) return 'making a client is no operation of the model';
  // The bad version delivers inline, which is a model of its own, but with batches that its program sets otherwise.
  return library === 'slipstream' && place.slipstream.B !== undefined
    ? 'its program sets its batches itself'
    : undefined;
}
