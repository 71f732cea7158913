import type { AnyValue } from '../otlp/messages.js';
import type { ObservationLevel, ObservationType } from './observation.js';
import type { SpanSource } from './source.js';
import type { UsageTable } from './usage-table.js';

/** A named way to read one target value where a key's text alone will not do. */
export interface Reader<Value> {
  /** The keys it reads, as the guide shows them; `N` stands for an index, `*` for any rest. */
  readonly keys: readonly string[];
  /** What it does with them, for the guide; left out where the keys say it. */
  readonly note?: string;
  /** Prefixes below which it asks for all keys; the engine collects these in its one pass over the attributes. */
  readonly families?: readonly string[];
  /** Takes out what it uses. `undefined` hands on to the next rule; MUST NOT throw on anything that a reader gave. */
  readonly read: (source: SpanSource) => Value | undefined;
}

/** A key, whose text is taken unless it is empty, or a reader. */
export type TextRule = string | Reader<string>;

/** The managed prompt that a generation used. */
export interface PromptLink {
  readonly promptName: string | undefined;
  readonly promptVersion: string | undefined;
}

/** Where metadata comes from. A prefixed key wins over the same key of a whole object, an earlier dialect over a later. */
export interface MetadataTable {
  /** Whether this sender writes every value as JSON, texts too. */
  readonly holdsJson?: (source: SpanSource) => boolean;
  /** A top-level key of the metadata follows each of these. */
  readonly prefixes?: readonly string[];
  /** Keys whose value is all of the metadata; one that is no object is kept under `value`. */
  readonly wholes?: readonly string[];
  /** The same for names that others give to other things: they count only where their value is the text of an object. */
  readonly objects?: readonly string[];
}

/** Single model parameters. */
export interface ParameterTable {
  /** The parameter's name follows. */
  readonly prefixes?: readonly string[];
  /** Keys of one parameter each, and its name. */
  readonly keys?: Readonly<Record<string, string>>;
}

/**
 * What one sender, or one generation of its names, calls the values of the model: data, with readers where a value needs
 * shaping. A target that it has no name for is left out. Which dialect comes first for a target is said in `order.ts`.
 */
export interface Dialect {
  /** As the guide calls it. */
  readonly title: string;
  /**
   * What its keys begin with. On a span where no key begins with one of these, none of its rules is asked. Of two
   * prefixes, in whatever dialect, neither may begin with the other.
   */
  readonly prefixes: readonly string[];
  /** Its rules read the span's events: they are asked where there are any. */
  readonly readsEvents?: true;
  /** Where it gives input or output, no other dialect is asked for either: the other side was left out on purpose. */
  readonly ownsBothSides?: true;

  readonly type?: readonly Reader<ObservationType>[];
  /** Whether the span sums up model calls below it, so that its own model, usage and cost would count twice. */
  readonly summary?: readonly Reader<true>[];
  readonly name?: readonly TextRule[];
  readonly level?: readonly Reader<ObservationLevel>[];
  readonly statusMessage?: readonly TextRule[];
  readonly input?: readonly TextRule[];
  readonly output?: readonly TextRule[];
  /** Prefixes of a side's content taken apart, dropped where the side is given whole. */
  readonly repeatedInput?: readonly string[];
  readonly repeatedOutput?: readonly string[];
  readonly model?: readonly TextRule[];
  /** Whole sets of parameters, as the text of a JSON object. */
  readonly modelParameters?: readonly TextRule[];
  /** Single ones, where no whole set is given. */
  readonly singleParameters?: ParameterTable;
  /** Counts that are disjoint already, or known to the reader; nothing else is consulted. */
  readonly usageDetails?: readonly Reader<ReadonlyMap<string, number>>[];
  /** Counts, of which some are part of others. */
  readonly usage?: UsageTable;
  readonly cost?: readonly Reader<ReadonlyMap<string, number>>[];
  readonly completionStart?: readonly Reader<bigint>[];
  readonly prompt?: readonly Reader<PromptLink>[];
  readonly metadata?: MetadataTable;
  readonly traceName?: readonly TextRule[];
  readonly userId?: readonly TextRule[];
  readonly sessionId?: readonly TextRule[];
  readonly tags?: readonly (string | Reader<AnyValue>)[];
  readonly traceInput?: readonly TextRule[];
  readonly traceOutput?: readonly TextRule[];
  readonly traceMetadata?: MetadataTable;
  /** Looked for on the span, then on its resource, key by key. */
  readonly environment?: readonly string[];
  readonly release?: readonly string[];
  readonly version?: readonly string[];
}

/** The target values that the order speaks about. */
export type Target = Exclude<
  keyof Dialect,
  'title' | 'prefixes' | 'readsEvents' | 'ownsBothSides' | 'repeatedInput' | 'repeatedOutput'
>;
