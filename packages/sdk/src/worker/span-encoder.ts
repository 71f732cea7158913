import {
  type AnyValue,
  ATTRIBUTE,
  type InstrumentationScope,
  type KeyValue,
  ProtobufWriter,
  type Resource,
  type SpanKind,
  type SpanTail,
  writeSpanAttribute,
  writeSpanHead,
  writeSpanTail,
} from '@slipstream/wire';
import { createBufferTextWriter } from './buffer-text-writer.js';
import type { Epoch } from './epoch.js';
import { anyValueOf, foreignTail } from './foreign-encoder.js';
import type { ForeignAttributeMap, ForeignFields, ForeignValue } from './foreign-fields.js';
import type { WorkerSettings } from './protocol.js';
import type { SpanFields } from './record-fields.js';
import type { SpanRecord } from './record-reader.js';
import type { AssembledSpan } from './span-assembler.js';
import type { TraceValues } from './trace-table.js';
import type { AttributeValue } from './value-text.js';

/** `Span.SpanKind`. A model call leaves the process, everything else is taken to be inside it. */
const KIND_INTERNAL = 1;
const KIND_CLIENT = 3;

/** `Status.StatusCode`. */
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;

/** W3C trace flags: sampled, or it would not be here. */
const FLAG_SAMPLED = 1;

/** Metadata key that says why a captured input is missing. */
const INPUT_LOST_KEY = 'slipstream_input_lost';

/** Metadata is facts to filter by: with thousands of keys a span is refused, by collectors and others. */
const MAX_ENTRIES = 1_024;

const WRITER_CAPACITY_BYTES = 64 * 1024;

/** Encodes assembled spans as OTLP `Span` messages. */
export class SpanEncoder {
  readonly #settings: WorkerSettings;
  readonly #epoch: Epoch;
  readonly #writer = new ProtobufWriter(createBufferTextWriter(), WRITER_CAPACITY_BYTES);
  /** What the span at hand carries itself, if it is OpenTelemetry's: nothing of ours is written over it. */
  #own: ForeignAttributeMap | undefined;

  constructor(settings: WorkerSettings, epoch: Epoch) {
    this.#settings = settings;
    this.#epoch = epoch;
  }

  /**
   * The bytes of a span that has ended.
   * @throws WireError where it cannot be encoded.
   */
  encode(span: AssembledSpan, trace: TraceValues | undefined): Uint8Array {
    this.#own = span.fields.foreign?.attributes;
    const start = this.#epoch.toUnixNano(span.record.startMs);
    const end = this.#epoch.toUnixNano(span.record.endMs);
    // An end before its start makes some backends refuse the whole request.
    if (end < start) this.#begin(span, start, start);
    else this.#begin(span, start, end);
    this.#fields(span, trace);
    return this.#finish(span);
  }

  /**
   * The bytes of a span that still runs: it has no end time and says so.
   * @throws WireError where it cannot be encoded.
   */
  encodeRunning(span: AssembledSpan, trace: TraceValues | undefined): Uint8Array {
    this.#own = undefined;
    this.#begin(span, this.#epoch.toUnixNano(span.record.startMs), 0n);
    writeSpanAttribute(this.#writer, ATTRIBUTE.spanRunning, true);
    this.#fields(span, trace);
    return this.#finish(span);
  }

  #begin(span: AssembledSpan, startTimeUnixNano: bigint, endTimeUnixNano: bigint): void {
    const { record, fields, name } = span;
    this.#writer.reset();
    writeSpanHead(this.#writer, {
      traceId: record.traceId,
      spanId: record.spanId,
      traceState: fields.traceState ?? '',
      parentSpanId: record.parentSpanId,
      name,
      kind: fields.foreign?.kind ?? kindOf(record),
      startTimeUnixNano,
      endTimeUnixNano,
    });
  }

  #finish({ record, fields }: AssembledSpan): Uint8Array {
    const { foreign } = fields;
    writeSpanTail(
      this.#writer,
      foreign === undefined ? observationTail(record, fields) : foreignTail(foreign, this.#epoch),
    );
    // A copy, small ones from Node's pool: an array buffer for each span would cost more than its bytes.
    return Buffer.from(this.#writer.asView());
  }

  #fields({ record, fields, inputLoss }: AssembledSpan, trace: TraceValues | undefined): void {
    if (fields.foreign === undefined) writeSpanAttribute(this.#writer, ATTRIBUTE.observationType, record.type);
    else this.#foreign(fields.foreign);
    this.#observation(record, fields);
    if (inputLoss !== undefined) this.#text(ATTRIBUTE.observationMetadata + INPUT_LOST_KEY, inputLoss);
    if (trace !== undefined) this.#trace(trace);
    this.#text(ATTRIBUTE.version, fields.version ?? trace?.version ?? this.#settings.version);
    this.#text(ATTRIBUTE.environment, trace?.environment ?? this.#settings.environment);
    this.#text(ATTRIBUTE.release, this.#settings.release);
  }

  #foreign({ attributes }: ForeignFields): void {
    for (const key of Object.keys(attributes)) {
      writeSpanAttribute(this.#writer, key, anyValueOf(attributes[key] as ForeignValue));
    }
  }

  #observation(record: SpanRecord, fields: SpanFields): void {
    if (record.level !== 'DEFAULT') this.#text(ATTRIBUTE.observationLevel, record.level);
    this.#text(ATTRIBUTE.observationStatusMessage, fields.statusMessage);
    this.#text(ATTRIBUTE.observationInput, fields.input);
    this.#text(ATTRIBUTE.observationOutput, fields.output);
    this.#entries(ATTRIBUTE.observationMetadata, fields.metadata);
    this.#text(ATTRIBUTE.observationModel, fields.model);
    this.#text(ATTRIBUTE.observationModelParameters, fields.modelParameters);
    this.#text(ATTRIBUTE.observationUsageDetails, fields.usageDetails);
    this.#text(ATTRIBUTE.observationCostDetails, fields.costDetails);
    this.#text(ATTRIBUTE.observationCompletionStartTime, this.#completionStart(fields.completionStartMs));
    this.#text(ATTRIBUTE.observationPromptName, fields.promptName);
    this.#promptVersion(fields.promptVersion);
  }

  #trace(trace: TraceValues): void {
    this.#text(ATTRIBUTE.traceName, trace.name);
    this.#text(ATTRIBUTE.userId, trace.userId);
    this.#text(ATTRIBUTE.sessionId, trace.sessionId);
    if (trace.tags.length > 0) this.#put(ATTRIBUTE.traceTags, trace.tags);
    this.#entries(ATTRIBUTE.traceMetadata, trace.metadata);
    if (trace.isPublic !== undefined) this.#put(ATTRIBUTE.tracePublic, trace.isPublic);
    this.#text(ATTRIBUTE.traceInput, trace.input);
    this.#text(ATTRIBUTE.traceOutput, trace.output);
  }

  /** Langfuse keeps prompt versions as integers; any other registry's stay text. */
  #promptVersion(version: string | undefined): void {
    if (version === undefined) return;
    const isInteger = /^\d{1,9}$/.test(version);
    this.#put(ATTRIBUTE.observationPromptVersion, isInteger ? BigInt(version) : version);
  }

  #completionStart(applicationMs: number | undefined): string | undefined {
    if (applicationMs === undefined) return undefined;
    const time = new Date(this.#epoch.toWallMs(applicationMs));
    return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
  }

  #text(key: string, value: string | undefined): void {
    if (value !== undefined) this.#put(key, value);
  }

  #entries(prefix: string, entries: ReadonlyMap<string, AttributeValue> | undefined): void {
    if (entries === undefined) return;
    let left = entries.size;
    for (const [key, value] of entries) {
      if (entries.size - left === MAX_ENTRIES) {
        this.#put(`${prefix}…`, `[+${left} keys]`);
        return;
      }
      this.#put(prefix + key, value);
      left -= 1;
    }
  }

  #put(key: string, value: AnyValue): void {
    if (this.#own === undefined || !Object.hasOwn(this.#own, key)) writeSpanAttribute(this.#writer, key, value);
  }
}

function kindOf({ type }: SpanRecord): SpanKind {
  return type === 'generation' || type === 'embedding' ? KIND_CLIENT : KIND_INTERNAL;
}

function observationTail({ level }: SpanRecord, { statusMessage }: SpanFields): SpanTail {
  const isError = level === 'ERROR';
  return {
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: isError ? (statusMessage ?? '') : '', code: isError ? STATUS_ERROR : STATUS_UNSET },
    flags: FLAG_SAMPLED,
  };
}

/** What a batch says of the process that it comes from. */
export function resourceOf(settings: WorkerSettings): Resource {
  const attributes: KeyValue[] = [];
  const put = (key: string, value: AnyValue | undefined) => {
    if (value !== undefined) attributes.push({ key, value });
  };
  put(ATTRIBUTE.serviceName, settings.service);
  put(ATTRIBUTE.serviceInstanceId, settings.instanceId);
  put('service.version', settings.version);
  put('deployment.environment.name', settings.environment);
  put('telemetry.sdk.name', 'slipstream');
  put('telemetry.sdk.language', 'nodejs');
  put('telemetry.sdk.version', settings.sdkVersion);
  put('process.pid', BigInt(settings.pid));
  return { attributes, droppedAttributesCount: 0 };
}

export function scopeOf(settings: WorkerSettings): InstrumentationScope {
  return { name: 'slipstream', version: settings.sdkVersion, attributes: [], droppedAttributesCount: 0 };
}
