import type { Level, ObservationType, Score, TraceSummary } from '@slipstream/query-api';
import { expect } from 'vitest';

/** A text that is JSON and means this value; its spacing and escapes are the sender's business. */
class JsonText {
  /** By this a difference that is shown leaves out what matches. */
  readonly $$typeof = Symbol.for('jest.asymmetricMatcher');
  /** No private field: what shows a difference copies this object. */
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  asymmetricMatch(text: unknown): boolean {
    if (typeof text !== 'string') return false;
    try {
      expect(JSON.parse(text)).toEqual(this.value);
      return true;
    } catch {
      return false; // No JSON, or of another value: whoever asks shows both.
    }
  }

  toString(): string {
    return 'JsonText';
  }

  toAsymmetricMatcher(): string {
    return `JSON of ${JSON.stringify(this.value)}`;
  }
}

/** Matches a JSON text by what it means. Typed as the text that it stands for. */
export function json(value: unknown): string {
  return new JsonText(value) as unknown as string;
}

/** What the sender said of one observation. What is not said here must not be stored either. */
export interface ExpectedObservation {
  /** The program's name for it, by which it printed the id. */
  readonly key: string;
  /** The key of the observation around it. @default none */
  readonly parent?: string;
  readonly type: ObservationType;
  readonly name: string;
  readonly level?: Level;
  readonly statusMessage?: string;
  readonly input?: string;
  readonly output?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly model?: string;
  readonly modelParameters?: string;
  readonly usageDetails?: Readonly<Record<string, number>>;
  /** As reported by the sender. */
  readonly costDetails?: Readonly<Record<string, number>>;
  /** US dollars where the sender reported none and the model has a known price. */
  readonly computedCost?: Readonly<Record<string, number>>;
  readonly promptName?: string;
  readonly promptVersion?: string;
  readonly version?: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly service?: string;
  /** What the program waited in it, where it did not give times. */
  readonly atLeastMs?: number;
  /** Whether it is a point in time. */
  readonly isInstant?: boolean;
}

/** What the sender said of the trace; numbers and levels follow from its observations. */
export interface ExpectedTrace
  extends Pick<TraceSummary, 'name'>,
    Partial<Pick<TraceSummary, 'service' | 'environment' | 'release' | 'userId' | 'sessionId'>> {
  readonly tags: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** In the order of their starts. */
  readonly observations: readonly ExpectedObservation[];
  /** By time. */
  readonly scores?: readonly ExpectedScore[];
}

export type ExpectedScore = Pick<Score, 'name' | 'dataType' | 'value' | 'text'> &
  Partial<Pick<Score, 'comment' | 'metadata'>> & {
    /** The key of the observation that it judges. @default the trace */
    readonly of?: string;
    readonly scoreId?: string;
  };

/** Top-level metadata as the model keeps it: strings as they are, all else as JSON. */
export function metadataOf(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(metadata).map(
    ([key, value]) => [key, typeof value === 'string' ? value : json(value)] as const,
  );
  return Object.fromEntries(entries);
}

/** What is kept of a resource that has these attributes, and others that nobody told it. */
export function resourceWith(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return { resourceAttributes: json(expect.objectContaining(attributes)) };
}

/** Kinds that do not overlap, with their sum, which the model adds where the sender gave none. */
export function withTotal(amounts: Readonly<Record<string, number>>): Record<string, number> {
  const total = Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
  return { ...amounts, total };
}

/** `openaiUsage` of the story taken apart: the parts are taken out of their wholes. */
export const SUMMARY_USAGE = {
  input: 400,
  input_cached_tokens: 800,
  output: 180,
  output_reasoning_tokens: 120,
  total: 1500,
};

/** By OpenAI's price list: 0.15 a million, 0.075 from the cache, 0.60 for what comes out, reasoning included. */
export const SUMMARY_COST = withTotal({
  input: (400 * 0.15 + 800 * 0.075) / 1_000_000,
  output: (300 * 0.6) / 1_000_000,
});
