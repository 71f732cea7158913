import { ATTRIBUTE, type ExportTraceServiceRequest, type Span } from '@slipstream/wire';
import { textAttribute } from './attributes.js';
import { generateTrace, type TraceOptions } from './generate-trace.js';

/** Options of `generateExportRequest`. Those of `TraceOptions` apply to each trace. */
export interface ExportRequestOptions extends TraceOptions {
  /** @default 1 */
  readonly traceCount?: number;
  /** Time from the start of one trace to that of the next. @default 1,000 */
  readonly traceIntervalMs?: number;
  /** @default 'robot-lesson' */
  readonly service?: string;
  /** @default 'testkit-instance' */
  readonly serviceInstanceId?: string;
  /** @default none */
  readonly environment?: string;
}

const DEFAULT_START_UNIX_NANO = 1_704_067_200_000_000_000n;

/** A request of whole traces from one process, as an SDK sends it. Equal options give equal requests. */
export function generateExportRequest(options: ExportRequestOptions = {}): ExportTraceServiceRequest {
  const { traceCount = 1, traceIntervalMs = 1_000, seed = 'trace', startUnixNano = DEFAULT_START_UNIX_NANO } = options;
  const spans = Array.from({ length: traceCount }, (_, index) =>
    generateTrace({
      ...options,
      seed: `${seed}/${index}`,
      startUnixNano: startUnixNano + BigInt(index) * BigInt(Math.round(traceIntervalMs * 1_000_000)),
    }),
  ).flat();
  return wrapSpans(spans, options);
}

/** Puts spans into a request: one resource, one scope. */
export function wrapSpans(
  spans: readonly Span[],
  options: Pick<ExportRequestOptions, 'service' | 'serviceInstanceId' | 'environment'> = {},
): ExportTraceServiceRequest {
  const attributes = [
    textAttribute(ATTRIBUTE.serviceName, options.service ?? 'robot-lesson'),
    textAttribute(ATTRIBUTE.serviceInstanceId, options.serviceInstanceId ?? 'testkit-instance'),
  ];
  if (options.environment !== undefined) attributes.push(textAttribute(ATTRIBUTE.environment, options.environment));
  const scope = { name: 'slipstream-testkit', version: '0.1.0', attributes: [], droppedAttributesCount: 0 };
  return {
    resourceSpans: [
      {
        resource: { attributes, droppedAttributesCount: 0 },
        scopeSpans: [{ scope, spans: [...spans], schemaUrl: '' }],
        schemaUrl: '',
      },
    ],
  };
}
