import type { Placement } from '../axes/axes.js';
import type { MetricName } from '../sample/protocol.js';

/** The libraries that the mistakes are made with. */
export const MISTAKE_LIBRARIES = ['langfuse', 'slipstream'] as const;

/** One of {@link MISTAKE_LIBRARIES}; the arm of that name runs its programs. */
export type MistakeLibrary = (typeof MISTAKE_LIBRARIES)[number];

/** What a program does for a request, counted: what its price is made of. The tests count again. */
export interface MistakeCounts {
  /** Constructions of a client, or configurations of one. */
  readonly clientsPerRequest: number;
  /** On average; the rest of what is made is sampled out. */
  readonly spansPerRequest: number;
  /** Arrive whatever sampling decides, so that fewer of them are a loss. */
  readonly certainSpansPerRequest: number;
  /** Inputs and outputs together, as JSON. */
  readonly capturedCharactersPerRequest: number;
  /** Ids, short texts, tokens and costs by which a trace can be found and read. */
  readonly labels: number;
  readonly flushesPerRequest: number;
}

/** What the price of a mistake is read from. */
export interface MistakeMetric {
  readonly name: MetricName;
  /** As a column says it. */
  readonly title: string;
  readonly unit: string;
  /** Whether the work itself has a share in it, which the untraced program of the same round takes off. */
  readonly isAdded: boolean;
  /** Which way is better. */
  readonly better: 'less' | 'more';
}

/** One way to do it, as a program for each library. */
export interface MistakeVersion {
  /** File name of the programs, without its ending. */
  readonly name: string;
  /** What is wrong with it, or what the cure is. */
  readonly title: string;
  /** What it is judged by, against the good version. The good one has none of its own. */
  readonly metric?: MistakeMetric;
  readonly counts: Readonly<Record<MistakeLibrary, MistakeCounts>>;
  /** Where it stands otherwise than its arm. */
  readonly place: Readonly<Record<MistakeLibrary, Partial<Placement>>>;
}

/** A mistake of the notes. */
export interface Mistake {
  /** As the notes number it. */
  readonly number: string;
  /** Below `examples/mistakes`. */
  readonly folder: string;
  readonly title: string;
  /** What the notes say it costs, in their figures, which are of Python. */
  readonly claim: string;
  /** What is left where the mistake is not made. */
  readonly goodMeans: string;
  /** How the library that this project makes treats the mistake. */
  readonly inSlipstream: string;
  /** Requests of a sample, each begun at a time of its own, whether or not the one before has been answered. */
  readonly requests: number;
  readonly paceMs: number;
  readonly warmupRequests: number;
  /** What a span holds, about. */
  readonly textASpan: 'tiny' | '16 KB' | '200 KB';
  /** Spans a request that the settings ask for, where a version can give others. */
  readonly askedSpansPerRequest?: number;
  /** Whether the sink looks for labels: it costs the sink time, and only one mistake is about them. */
  readonly countsLabels?: boolean;
  /** The wrong ones first, the good one last. */
  readonly versions: readonly MistakeVersion[];
}

/** A mistake, and one way to make it or not. */
export interface MistakeCase {
  readonly mistake: Mistake;
  readonly version: MistakeVersion;
}
