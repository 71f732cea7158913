import { FLAG } from '../record/format.js';
import type { ForeignFields } from './foreign-fields.js';
import type { HeldStarts } from './held-starts.js';
import { mergeEntries, SpanFields } from './record-fields.js';
import { hasFlag, type NameRecord, type SpanRecord } from './record-reader.js';

/** One name a call site; a producer that defines more has lost its bound, and gets no memory for it. */
const MAX_NAMES = 65_536;

/** Shown where a span's name was lost with its NAME record. */
const UNKNOWN_NAME = 'unknown';

/** Why a span that captured its input has none. */
export type InputLoss = 'ring_full' | 'not_held';

/** A span as one piece, ready to be encoded. */
export interface AssembledSpan {
  readonly record: SpanRecord;
  readonly name: string;
  /** The START's fields, overridden by the END's. */
  readonly fields: SpanFields;
  readonly inputLoss: InputLoss | undefined;
}

/** Joins STARTs with their ENDs, and names with the spans that go by their number. */
export class SpanAssembler {
  readonly #starts: HeldStarts;
  readonly #names = new Map<number, string>();

  constructor(starts: HeldStarts) {
    this.#starts = starts;
  }

  define(record: NameRecord): void {
    if (this.#names.size < MAX_NAMES) this.#names.set(record.nameId, record.name);
  }

  /** Takes a START in; returns it as a span that still runs. */
  begin(record: SpanRecord): AssembledSpan {
    this.#starts.hold(record);
    return { record, name: this.nameOf(record), fields: record.fields, inputLoss: undefined };
  }

  /** The whole span, from its END and the START that may be held. */
  finish(record: SpanRecord): AssembledSpan {
    const start = this.#starts.take(record.spanId);
    const fields = start === undefined ? record.fields : joinFields(start.fields, record.fields);
    if (fields.foreign !== undefined) this.#nameScope(fields.foreign);
    return { record, name: this.nameOf(record, fields), fields, inputLoss: this.#inputLossOf(record, fields) };
  }

  #inputLossOf(record: SpanRecord, fields: SpanFields): InputLoss | undefined {
    const wasGivenUp = this.#starts.takeLoss(record.spanId);
    if (fields.input !== undefined) return undefined;
    if (hasFlag(record, FLAG.INPUT_LOST)) return 'ring_full';
    return wasGivenUp ? 'not_held' : undefined;
  }

  /** A scope goes by number, as names do. */
  #nameScope(foreign: ForeignFields): void {
    if (foreign.scopeId !== 0) foreign.scopeLabel = this.#names.get(foreign.scopeId) ?? UNKNOWN_NAME;
  }

  /** The name that a record goes by. */
  nameOf(record: SpanRecord, fields: SpanFields = record.fields): string {
    return this.#names.get(record.nameId) ?? fields.name ?? UNKNOWN_NAME;
  }
}

/** The END's value where it has one, else the START's; metadata by key. */
function joinFields(start: SpanFields, end: SpanFields): SpanFields {
  const joined = new SpanFields();
  Object.assign(joined, end);
  joined.name = end.name ?? start.name;
  joined.input = end.input ?? start.input;
  joined.output = end.output ?? start.output;
  joined.metadata = mergeEntries(start.metadata, end.metadata);
  joined.statusMessage = end.statusMessage ?? start.statusMessage;
  joined.version = end.version ?? start.version;
  joined.model = end.model ?? start.model;
  joined.modelParameters = end.modelParameters ?? start.modelParameters;
  joined.usageDetails = end.usageDetails ?? start.usageDetails;
  joined.costDetails = end.costDetails ?? start.costDetails;
  joined.completionStartMs = end.completionStartMs ?? start.completionStartMs;
  joined.promptName = end.promptName ?? start.promptName;
  joined.promptVersion = end.promptVersion ?? start.promptVersion;
  joined.traceState = end.traceState ?? start.traceState;
  return joined;
}
