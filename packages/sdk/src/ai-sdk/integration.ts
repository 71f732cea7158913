import { attempt, copyOptions, fieldsOf } from '../framework-events/records.js';
import { type AiSdkOptions, OperationRecorder } from './operation-recorder.js';

type Listener = (event: unknown) => void;

/** What runs a call of a model or a tool. */
interface Execution<T> {
  readonly callId: string;
  readonly toolCallId?: string | undefined;
  readonly execute: () => PromiseLike<T>;
}

/** A `Telemetry` integration of the AI SDK, version 7. @see the AI SDK's `Telemetry` */
export interface AiSdkIntegration {
  readonly onStart: Listener;
  readonly onEnd: Listener;
  readonly onError: Listener;
  readonly onAbort: Listener;
  readonly onStepError: Listener;
  readonly onLanguageModelCallStart: Listener;
  readonly onLanguageModelCallEnd: Listener;
  readonly onObjectStepStart: Listener;
  readonly onObjectStepEnd: Listener;
  readonly onToolExecutionStart: Listener;
  readonly onToolExecutionEnd: Listener;
  readonly onEmbedStart: Listener;
  readonly onEmbedEnd: Listener;
  readonly onRerankStart: Listener;
  readonly onRerankEnd: Listener;
  executeTool<T>(execution: Execution<T>): PromiseLike<T>;
  executeLanguageModelCall<T>(execution: Execution<T>): PromiseLike<T>;
}

/**
 * An integration for single calls of the AI SDK 7: a call's own `telemetry.integrations` replace all that are
 * registered, so one that has some needs ours among them. For all other calls, `observeAiSdk()` once is enough.
 *
 * @example
 * await generateText({ model, prompt, telemetry: { integrations: [other, aiSdkIntegration()] } });
 */
export function aiSdkIntegration(options: AiSdkOptions = {}): AiSdkIntegration {
  const recorder = new OperationRecorder(copyOptions<AiSdkOptions>(options));
  const listener =
    (record: (event: Readonly<Record<string, unknown>>) => void): Listener =>
    (event) =>
      attempt(() => record(fieldsOf(event)));
  return {
    onStart: listener((event) => recorder.begin(event)),
    onEnd: listener((event) => recorder.end(event)),
    onError: listener((event) => recorder.fail(event)),
    onAbort: listener((event) => recorder.abort(event)),
    onStepError: listener((event) => recorder.failModelCall(event)),
    onLanguageModelCallStart: listener((event) => recorder.beginModelCall(event)),
    onLanguageModelCallEnd: listener((event) => recorder.endModelCall(event)),
    onObjectStepStart: listener((event) => recorder.beginModelCall(event)),
    onObjectStepEnd: listener((event) => recorder.endModelCall(event)),
    onToolExecutionStart: listener((event) => recorder.beginTool(event)),
    onToolExecutionEnd: listener((event) => recorder.endTool(event)),
    onEmbedStart: listener((event) => recorder.beginEmbedding(event)),
    onEmbedEnd: listener((event) => recorder.endEmbedding(event)),
    onRerankStart: listener((event) => recorder.beginReranking(event)),
    onRerankEnd: listener((event) => recorder.endReranking(event)),
    executeTool({ callId, toolCallId, execute }) {
      const observation = attempt(() => recorder.observationOf(callId, toolCallId));
      return observation === undefined ? execute() : observation.run(execute);
    },
    executeLanguageModelCall({ callId, execute }) {
      const observation = attempt(() => recorder.observationOf(callId));
      if (observation === undefined) return execute();
      return observation.run(execute).then((result) => {
        attempt(() => recorder.watchStream(callId, result));
        return result;
      });
    },
  };
}
