import type { ForeignFields } from './foreign-fields.js';
import type { AttributeValue } from './value-text.js';

/** What a span record holds besides its header; `undefined` where it does not say. Values are text already. */
export class SpanFields {
  name: string | undefined = undefined;
  input: string | undefined = undefined;
  output: string | undefined = undefined;
  metadata: Map<string, AttributeValue> | undefined = undefined;
  statusMessage: string | undefined = undefined;
  version: string | undefined = undefined;
  model: string | undefined = undefined;
  modelParameters: string | undefined = undefined;
  usageDetails: string | undefined = undefined;
  costDetails: string | undefined = undefined;
  completionStartMs: number | undefined = undefined;
  promptName: string | undefined = undefined;
  promptVersion: string | undefined = undefined;
  traceState: string | undefined = undefined;
  /** Only of spans of the OpenTelemetry bridge: what the span itself carries, beside which the rest is hardly ever there. */
  foreign: ForeignFields | undefined = undefined;
}

/** What a TRACE record holds. */
export class TraceFields {
  name: string | undefined = undefined;
  userId: string | undefined = undefined;
  sessionId: string | undefined = undefined;
  tags: string[] | undefined = undefined;
  metadata: Map<string, AttributeValue> | undefined = undefined;
  environment: string | undefined = undefined;
  version: string | undefined = undefined;
  input: string | undefined = undefined;
  output: string | undefined = undefined;
  isPublic: boolean | undefined = undefined;
}

/** Both maps in one, the later value of a key winning. Changes `earlier`. */
export function mergeEntries(
  earlier: Map<string, AttributeValue> | undefined,
  later: Map<string, AttributeValue> | undefined,
): Map<string, AttributeValue> | undefined {
  if (earlier === undefined || later === undefined) return later ?? earlier;
  for (const [key, value] of later) earlier.set(key, value);
  return earlier;
}
