/**
 * Attribute keys that the SDK writes and the collector reads, in one place.
 * Langfuse's names carry our model, because Langfuse and other OTLP backends read them as they are.
 */
export const ATTRIBUTE = {
  observationType: 'langfuse.observation.type',
  observationInput: 'langfuse.observation.input',
  observationOutput: 'langfuse.observation.output',
  /** Prefix: one top-level metadata key follows. */
  observationMetadata: 'langfuse.observation.metadata.',
  observationLevel: 'langfuse.observation.level',
  observationStatusMessage: 'langfuse.observation.status_message',
  observationModel: 'langfuse.observation.model.name',
  observationModelParameters: 'langfuse.observation.model.parameters',
  observationUsageDetails: 'langfuse.observation.usage_details',
  observationCostDetails: 'langfuse.observation.cost_details',
  observationCompletionStartTime: 'langfuse.observation.completion_start_time',
  observationPromptName: 'langfuse.observation.prompt.name',
  observationPromptVersion: 'langfuse.observation.prompt.version',
  traceName: 'langfuse.trace.name',
  traceTags: 'langfuse.trace.tags',
  tracePublic: 'langfuse.trace.public',
  traceInput: 'langfuse.trace.input',
  traceOutput: 'langfuse.trace.output',
  /** Prefix: one top-level metadata key follows. */
  traceMetadata: 'langfuse.trace.metadata.',
  userId: 'user.id',
  sessionId: 'session.id',
  environment: 'langfuse.environment',
  release: 'langfuse.release',
  version: 'langfuse.version',
  /** `true` on a span that had not ended when it was sent; only a Slipstream collector gets such spans. */
  spanRunning: 'slipstream.span.running',
  /**
   * A whole number, 0 where it is absent: of two versions of a span that both run, or have both ended, the one with
   * the higher revision counts. For senders whose protocol changes what they sent before.
   */
  spanRevision: 'slipstream.span.revision',
  /**
   * On a span out of a store's export: `reported`, `computed` or `none`. Its usage and cost details are then taken as they
   * stand, and no cost is computed, so that an import gives what was exported.
   */
  costSource: 'slipstream.cost.source',
  serviceName: 'service.name',
  /** Random id of the SDK's process, so that its books can be held against what arrived. */
  serviceInstanceId: 'service.instance.id',
} as const;

/** Response header by which a Slipstream collector makes itself known; its value is the protocol version, `1`. */
export const COLLECTOR_HEADER = 'x-slipstream-collector';

/** Where an SDK's worker posts its books, beside `/v1/traces`. The body is a `ProcessBooks` as JSON. */
export const BOOKS_PATH = '/v1/slipstream/books';
