import { type AnyValue, ATTRIBUTE, type ExportTraceServiceRequest, type KeyValue, type Span } from '@slipstream/wire';
import { rootSpanIdOf } from './ids.js';
import { type EntityState, type Field, isEnded } from './patch.js';
import { formatTimeNs } from './times.js';

/** Attributes that hold a field as it is. */
const OBSERVATION_ATTRIBUTES: readonly (readonly [Field, string])[] = [
  ['type', ATTRIBUTE.observationType],
  ['input', ATTRIBUTE.observationInput],
  ['output', ATTRIBUTE.observationOutput],
  ['level', ATTRIBUTE.observationLevel],
  ['statusMessage', ATTRIBUTE.observationStatusMessage],
  ['model', ATTRIBUTE.observationModel],
  ['modelParameters', ATTRIBUTE.observationModelParameters],
  ['usageDetails', ATTRIBUTE.observationUsageDetails],
  ['costDetails', ATTRIBUTE.observationCostDetails],
  ['promptName', ATTRIBUTE.observationPromptName],
  ['promptVersion', ATTRIBUTE.observationPromptVersion],
  ['version', ATTRIBUTE.version],
  ['environment', ATTRIBUTE.environment],
];

/** The root span shows a trace's input and output as its own, since that is where a reader looks for them. */
const TRACE_ATTRIBUTES: readonly (readonly [Field, string])[] = [
  ['type', ATTRIBUTE.observationType],
  ['name', ATTRIBUTE.traceName],
  ['input', ATTRIBUTE.observationInput],
  ['output', ATTRIBUTE.observationOutput],
  ['userId', ATTRIBUTE.userId],
  ['sessionId', ATTRIBUTE.sessionId],
  ['version', ATTRIBUTE.version],
  ['release', ATTRIBUTE.release],
  ['environment', ATTRIBUTE.environment],
];

const INTERNAL_KIND = 1;
const STATUS_ERROR = 2;

/** The version of an entity that a state is. */
export function toSpan(state: EntityState): Span {
  const { kind, traceId, spanId, fields } = state;
  const startTimeUnixNano = BigInt(fields.get('startNs') ?? 0);
  const parentSpanId = kind === 'trace' ? '' : (fields.get('parentSpanId') ?? rootSpanIdOf(traceId));
  return {
    traceId,
    spanId,
    traceState: '',
    parentSpanId,
    flags: 0,
    name: fields.get('name') ?? '',
    kind: INTERNAL_KIND,
    startTimeUnixNano,
    endTimeUnixNano: endOf(state, startTimeUnixNano),
    attributes: toAttributes(state),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: '', code: fields.get('level') === 'ERROR' ? STATUS_ERROR : 0 },
  };
}

/** 0 while it runs. An end before the start is a clock that was set back. */
function endOf(state: EntityState, startNs: bigint): bigint {
  if (!isEnded(state)) return 0n;
  const endNs = BigInt(state.fields.get('endNs') ?? startNs);
  return endNs < startNs ? startNs : endNs;
}

function toAttributes(state: EntityState): KeyValue[] {
  const { kind, fields, metadata, tags } = state;
  const attributes: KeyValue[] = [];
  const add = (key: string, value: AnyValue | undefined): void => {
    if (value !== undefined) attributes.push({ key, value });
  };
  for (const [field, key] of kind === 'trace' ? TRACE_ATTRIBUTES : OBSERVATION_ATTRIBUTES) add(key, fields.get(field));
  if (fields.has('completionStartNs')) {
    add(ATTRIBUTE.observationCompletionStartTime, formatTimeNs(BigInt(fields.get('completionStartNs') ?? 0)));
  }
  if (tags.length > 0) add(ATTRIBUTE.traceTags, [...tags]);
  if (fields.has('isPublic')) add(ATTRIBUTE.tracePublic, fields.get('isPublic') === 'true');
  if (!isEnded(state)) add(ATTRIBUTE.spanRunning, true);
  add(ATTRIBUTE.spanRevision, BigInt(state.revision));
  const prefix = kind === 'trace' ? ATTRIBUTE.traceMetadata : ATTRIBUTE.observationMetadata;
  for (const [key, value] of metadata) add(prefix + key, value);
  return attributes;
}

/** Which library sent a batch, as it says itself. */
export interface SenderName {
  readonly name: string;
  readonly version: string;
}

/** Some versions as one request. */
export function toExportRequest(states: readonly EntityState[], sender: SenderName): ExportTraceServiceRequest {
  const scope = { ...sender, attributes: [], droppedAttributesCount: 0 };
  return {
    resourceSpans: [
      {
        resource: { attributes: [], droppedAttributesCount: 0 },
        scopeSpans: [{ scope, spans: states.map(toSpan), schemaUrl: '' }],
        schemaUrl: '',
      },
    ],
  };
}
