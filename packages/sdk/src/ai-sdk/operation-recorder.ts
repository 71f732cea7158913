import { type Client, getClient, type Observation, type ObservationEnd, type TraceFields } from '../core.js';
import { OpenWork } from '../framework-events/open-work.js';
import { countOf, type Fields, fieldsOf, firstText, isRecord, textsOf } from '../framework-events/records.js';
import { failure, Operation, operationName } from './operation.js';
import { answerMessage, describeVectors, inputOf, operationOutput, parametersOf, usageOf } from './values.js';

/** How calls of the AI SDK are recorded. */
export interface AiSdkOptions {
  /** @default the process's client */
  readonly client?: Client | undefined;
  /** Whether prompts and a tool's input are copied. @default the client's `captureInput` */
  readonly captureInput?: boolean | undefined;
  /** Whether answers and a tool's output are copied. @default the client's `captureOutput` */
  readonly captureOutput?: boolean | undefined;
}

/** Nothing happens in a call for this long: then it will not end any more. */
const SILENCE_MS = 3_600_000;
/** The one call of a language model that an operation has under way. */
const MODEL_CALL = '';

/** Operations that are one call of a model, without events for that. */
const MODEL_OPERATIONS: ReadonlySet<string> = new Set(['ai.generateSpeech', 'ai.transcribe']);

/** Fields of the runtime context that belong to the trace. */
const TRACE_FIELDS: ReadonlySet<string> = new Set(['userId', 'sessionId', 'tags']);

/** Makes observations of the AI SDK's events. What belongs to single calls stands in the table of open operations. */
export class OperationRecorder {
  readonly #options: AiSdkOptions;
  readonly #operations = new OpenWork<Operation>({
    isOver: ({ lastEventAt }, nowMs) => nowMs - lastEventAt > SILENCE_MS,
    giveUp: (operation) => operation.giveUp(),
  });
  /** The stream of a model's answer, and the operation that reads it. */
  readonly #streams = new FinalizationRegistry<{ callId: string; part: object }>(({ callId, part }) => {
    if (this.#operations.get(callId)?.part(MODEL_CALL) === part) this.#operations.take(callId)?.giveUp();
  });

  constructor(options: AiSdkOptions) {
    this.#options = options;
  }

  begin(event: Fields): void {
    const client = this.#options.client ?? getClient();
    const { callId } = event;
    // Events that tell of a durable run once more were recorded when they happened; version 6 has no call ids.
    if (typeof callId !== 'string' || !client.enabled || isReplay(event)) return;
    const operationId = firstText(event.operationId) ?? 'ai';
    const functionId = firstText(event.functionId);
    const isModelCall = MODEL_OPERATIONS.has(operationId);
    const observation = client.observation(isModelCall ? 'generation' : 'span', {
      name: operationName(operationId, functionId),
      input: this.#capturesInput(event) ? inputOf(event) : undefined,
      model: isModelCall ? firstText(event.modelId) : undefined,
      modelParameters: isModelCall ? parametersOf(event) : undefined,
      metadata: { ...contextMetadata(event), provider: event.provider },
      startTime: countOf(event.timestamp),
    });
    const values = traceValues(event);
    if (values !== undefined) observation.updateTrace(values);
    this.#operations.add(callId, new Operation(client, observation, operationId, functionId));
  }

  end(event: Fields): void {
    const operation = this.#take(event);
    if (operation === undefined) return;
    const { error } = event;
    const isModelCall = MODEL_OPERATIONS.has(operation.id);
    const fields: ObservationEnd = {
      output: this.#capturesOutput(event) ? operationOutput(event) : undefined,
      usageDetails: isModelCall ? usageOf(event.usage) : undefined,
      endTime: countOf(event.timestamp),
    };
    operation.finish(error === undefined ? fields : { ...fields, ...failure(error) });
  }

  fail(event: Fields): void {
    this.#take(event)?.fail(event.error, countOf(event.timestamp));
  }

  abort(event: Fields): void {
    const { steps, reason, timestamp } = event;
    const lastStep = Array.isArray(steps) ? fieldsOf(steps.at(-1)) : {};
    this.#take(event)?.finish({
      level: 'WARNING',
      statusMessage: reason === undefined ? 'Aborted' : `Aborted: ${failure(reason).statusMessage}`,
      output: this.#capturesOutput(event) ? lastStep.text : undefined,
      endTime: countOf(timestamp),
    });
  }

  beginModelCall(event: Fields): void {
    const operation = this.#find(event);
    const isStream = operation?.id.startsWith('ai.stream');
    operation?.begin(MODEL_CALL, {
      type: 'generation',
      name: operation.nameOf(isStream ? 'doStream' : 'doGenerate'),
      input: this.#capturesInput(event) ? (event.promptMessages ?? inputOf(event)) : undefined,
      model: firstText(event.modelId),
      modelParameters: parametersOf(event),
      metadata: { provider: event.provider },
      startTime: countOf(event.timestamp),
    });
  }

  endModelCall(event: Fields): void {
    const operation = this.#find(event);
    const startedAt = operation?.part(MODEL_CALL)?.startedAt;
    const firstOutputMs = countOf(fieldsOf(event.performance).timeToFirstOutputMs) ?? countOf(event.msToFirstChunk);
    const isKnown = startedAt !== undefined && firstOutputMs !== undefined;
    operation?.end(MODEL_CALL, {
      output: this.#capturesOutput(event) ? (event.objectText ?? answerMessage(event.content)) : undefined,
      model: firstText(fieldsOf(event.response).modelId, event.modelId),
      usageDetails: usageOf(event.usage),
      completionStartTime: isKnown ? new Date(startedAt + firstOutputMs) : undefined,
      metadata: { finishReason: event.finishReason, responseId: event.responseId ?? fieldsOf(event.response).id },
      endTime: countOf(event.timestamp),
    });
  }

  failModelCall(event: Fields): void {
    this.#find(event)?.end(MODEL_CALL, { ...failure(event.error), endTime: countOf(event.timestamp) });
  }

  beginTool(event: Fields): void {
    const { toolCallId, toolName, input } = fieldsOf(event.toolCall);
    if (typeof toolCallId !== 'string') return;
    this.#find(event)?.begin(toolCallId, {
      type: 'tool',
      name: firstText(toolName) ?? 'tool',
      input: this.#capturesInput(event) ? input : undefined,
      metadata: { toolCallId },
      startTime: countOf(event.timestamp),
    });
  }

  endTool(event: Fields): void {
    const { toolCallId } = fieldsOf(event.toolCall);
    const { type, output, error } = fieldsOf(event.toolOutput);
    if (typeof toolCallId !== 'string') return;
    const ending =
      type === 'tool-error' ? failure(error) : { output: this.#capturesOutput(event) ? output : undefined };
    this.#find(event)?.end(toolCallId, { ...ending, endTime: countOf(event.timestamp) });
  }

  beginEmbedding(event: Fields): void {
    const operation = this.#find(event);
    operation?.begin(keyOf(event), {
      type: 'embedding',
      name: operation.nameOf('doEmbed'),
      input: this.#capturesInput(event) ? event.values : undefined,
      model: firstText(event.modelId),
      modelParameters: parametersOf(event),
      metadata: { provider: event.provider },
      startTime: countOf(event.timestamp),
    });
  }

  endEmbedding(event: Fields): void {
    this.#find(event)?.end(keyOf(event), {
      output: this.#capturesOutput(event) ? describeVectors(event.embeddings) : undefined,
      usageDetails: usageOf(event.usage),
      endTime: countOf(event.timestamp),
    });
  }

  beginReranking(event: Fields): void {
    const operation = this.#find(event);
    operation?.begin(keyOf(event), {
      type: 'retriever',
      name: operation.nameOf('doRerank'),
      input: this.#capturesInput(event) ? inputOf(event) : undefined,
      model: firstText(event.modelId),
      modelParameters: parametersOf(event),
      metadata: { provider: event.provider },
      startTime: countOf(event.timestamp),
    });
  }

  endReranking(event: Fields): void {
    const output = this.#capturesOutput(event) ? event.ranking : undefined;
    this.#find(event)?.end(keyOf(event), { output, endTime: countOf(event.timestamp) });
  }

  /** Where the work of a model's call or a tool belongs. */
  observationOf(callId: unknown, toolCallId?: unknown): Observation | undefined {
    if (typeof callId !== 'string') return undefined;
    const key = typeof toolCallId === 'string' ? toolCallId : MODEL_CALL;
    return this.#operations.get(callId)?.part(key)?.observation;
  }

  /** A stream that is left early reports no end; that it is gone does. */
  watchStream(callId: unknown, result: unknown): void {
    const stream = isRecord(result) ? result.stream : undefined;
    if (typeof callId !== 'string' || !isRecord(stream)) return;
    const part = this.#operations.get(callId)?.part(MODEL_CALL);
    if (part !== undefined) this.#streams.register(stream, { callId, part });
  }

  #find({ callId }: Fields): Operation | undefined {
    return typeof callId === 'string' ? this.#operations.get(callId) : undefined;
  }

  #take({ callId }: Fields): Operation | undefined {
    return typeof callId === 'string' ? this.#operations.take(callId) : undefined;
  }

  /** A call that is told not to record (`recordInputs: false`) passes emptied values instead. */
  #capturesInput({ recordInputs }: Fields): boolean {
    return recordInputs !== false && (this.#options.captureInput ?? this.#client.captureInput);
  }

  #capturesOutput({ recordOutputs }: Fields): boolean {
    return recordOutputs !== false && (this.#options.captureOutput ?? this.#client.captureOutput);
  }

  get #client(): Client {
    return this.#options.client ?? getClient();
  }
}

/** Of calls that may run beside each other. */
function keyOf({ embedCallId }: Fields): string {
  return typeof embedCallId === 'string' ? embedCallId : MODEL_CALL;
}

function isReplay({ durableContext }: Fields): boolean {
  return fieldsOf(durableContext).phase === 'replay';
}

/** Only what the call opted in by name comes here. */
function contextMetadata({ runtimeContext }: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fieldsOf(runtimeContext)).filter(([key]) => !TRACE_FIELDS.has(key)));
}

function traceValues({ runtimeContext }: Fields): TraceFields | undefined {
  const { userId, sessionId, tags } = fieldsOf(runtimeContext);
  const values = { userId: firstText(userId), sessionId: firstText(sessionId), tags: textsOf(tags) };
  if (values.userId === undefined && values.sessionId === undefined && values.tags.length === 0) return undefined;
  return { ...values, tags: values.tags.length > 0 ? values.tags : undefined };
}
