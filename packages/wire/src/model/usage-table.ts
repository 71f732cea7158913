import type { Reader } from './dialect.js';
import type { SpanSource } from './source.js';

export type Side = 'input' | 'output';

/** A count that belongs to a side. */
export interface UsagePart {
  readonly side: Side;
  /** Its kind in the model. */
  readonly kind: string;
  /** The side's whole count does not include it. */
  readonly isBesideWhole?: true;
  /** It is also in another part: this many tokens of `kind` are counted there. */
  readonly isOverlap?: true;
}

export type UsageParts = ReadonlyMap<string, UsagePart>;

/** What a dialect calls its counts of tokens (or other units). */
export interface UsageTable {
  /** One count's name follows. */
  readonly prefix?: string;
  /** Counts that stand elsewhere, by the names below. */
  readonly counts?: Reader<ReadonlyMap<string, number>>;
  /** Names of a side's whole count, and of the total; the ones that count first come first. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly total: readonly string[];
  /** Names of counts that are part of a side. */
  readonly parts: UsageParts;
  /** Whether any other name that says its side and detail (`completion_details.x`) is a part of that side. */
  readonly hasOtherDetails?: true;
  /** Names under the prefix that are no counts, or say what others say already; they stay attributes. */
  readonly leftOut?: ReadonlySet<string>;
  /** Where the sender counts cached tokens beside the input on this span, by what it says elsewhere. */
  readonly isCacheBeside?: (counts: ReadonlyMap<string, number>, source: SpanSource) => boolean;
  /** For the guide: what the input and output counts include. */
  readonly note: string;
}

const CACHED = 'input_cached_tokens';
const CACHE_CREATION = 'input_cache_creation';

/** Whether a kind is one of a cache's. */
export function isCacheKind(kind: string): boolean {
  return kind === CACHED || kind === CACHE_CREATION;
}

/** The parts that several dialects have, by a short name of ours. */
const PARTS = {
  cacheRead: { side: 'input', kind: CACHED },
  cacheWrite: { side: 'input', kind: CACHE_CREATION },
  inputAudio: { side: 'input', kind: 'input_audio_tokens' },
  inputImage: { side: 'input', kind: 'input_image_tokens' },
  cachedAudio: { side: 'input', kind: 'input_audio_tokens', isOverlap: true },
  cachedImage: { side: 'input', kind: 'input_image_tokens', isOverlap: true },
  reasoning: { side: 'output', kind: 'output_reasoning_tokens' },
  reasoningBeside: { side: 'output', kind: 'output_reasoning_tokens', isBesideWhole: true },
  outputAudio: { side: 'output', kind: 'output_audio_tokens' },
  outputImage: { side: 'output', kind: 'output_image_tokens' },
  acceptedPrediction: { side: 'output', kind: 'output_accepted_prediction_tokens' },
  rejectedPrediction: { side: 'output', kind: 'output_rejected_prediction_tokens' },
} as const satisfies Record<string, UsagePart>;

/** A dialect's names of parts, by part; of several that a span gives, the first that is not zero counts. */
export function usageParts(names: Partial<Record<keyof typeof PARTS, readonly string[]>>): UsageParts {
  const parts = new Map<string, UsagePart>();
  for (const [part, partNames] of Object.entries(names)) {
    for (const name of partNames) parts.set(name, PARTS[part as keyof typeof PARTS]);
  }
  return parts;
}

/** A detail of a side that no table names, such as `completion_tokens_details.citation_tokens`. */
const DETAIL_NAME = /^(prompt|input|completion|output)(?:_tokens)?_details\.(\w{1,64})$/;

/** What a count of this name is in a table: a part of a side, or nothing that the table knows. */
export function usagePart(table: UsageTable, name: string): UsagePart | undefined {
  const known = table.parts.get(name);
  if (known !== undefined || table.hasOtherDetails !== true || !name.includes('_details.')) return known;
  const match = DETAIL_NAME.exec(name);
  if (match === null || table.leftOut?.has(name) === true) return undefined;
  const side = match[1] === 'prompt' || match[1] === 'input' ? 'input' : 'output';
  return { side, kind: `${side}_${match[2]}` };
}
