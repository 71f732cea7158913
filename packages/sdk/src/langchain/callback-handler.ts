import type { Client, Observation } from '../core.js';
import { attempt, copyOptions, fieldsOf, isRecord } from '../framework-events/records.js';
import { plainMessage, withPlainMessages } from './messages.js';
import { answerOf, requestOf } from './model-call.js';
import { followLangChainContext, RUN_OBSERVATION } from './nesting.js';
import { RunRecorder } from './run-recorder.js';
import { type ChainStart, chainStart, type ModelStart, modelStart, type ToolStart, toolStart } from './runs.js';

/** How a {@link CallbackHandler} records. */
export interface CallbackHandlerOptions {
  /** @default the process's client */
  readonly client?: Client | undefined;
  /** Of each trace that a run begins or continues; a run's own `metadata: { userId, sessionId }` wins. @default none */
  readonly userId?: string | undefined;
  /** As `userId`. @default LangGraph's `thread_id`, where the run begins a trace */
  readonly sessionId?: string | undefined;
  /** Of the trace, besides the tags of its root run. @default none */
  readonly tags?: readonly string[] | undefined;
  /** Of the trace. @default none */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Whether inputs and prompts are copied. @default the client's `captureInput` */
  readonly captureInput?: boolean | undefined;
  /** Whether outputs and answers are copied. @default the client's `captureOutput` */
  readonly captureOutput?: boolean | undefined;
}

/**
 * Records what LangChain and LangGraph do: an object for their `callbacks`. One serves all requests of a process. It
 * never throws into LangChain and changes no result.
 *
 * @example
 * const handler = new CallbackHandler();
 * const answer = await chain.invoke({ question }, { callbacks: [handler] });
 */
export class CallbackHandler {
  /** How LangChain tells handlers apart. */
  readonly name = 'slipstream_callback_handler';
  /** Called at once: LangChain's queue for other handlers runs later, in another context, and not at a sudden exit. */
  readonly awaitHandlers = true;
  /** @internal */
  readonly raiseError = false;
  /** @internal */
  readonly ignoreLLM = false;
  /** @internal */
  readonly ignoreChain = false;
  /** @internal */
  readonly ignoreAgent = false;
  /** @internal */
  readonly ignoreRetriever = false;
  /** @internal */
  readonly ignoreCustomEvent = false;

  readonly #options: CallbackHandlerOptions;
  readonly #recorder: RunRecorder;

  constructor(options: CallbackHandlerOptions = {}) {
    this.#options = copyOptions<CallbackHandlerOptions>(options);
    this.#recorder = new RunRecorder(this.#options);
    followLangChainContext();
  }

  /** @internal As LangChain wants it of handlers; this one has nothing of its own for each copy. */
  copy(): this {
    return this;
  }

  /** @internal */
  [RUN_OBSERVATION](runId: string): Observation | undefined {
    return this.#recorder.observationOf(runId);
  }

  /** @internal */
  handleChainStart(...args: ChainStart): void {
    attempt(() => {
      // A stream's input is not known when it begins: it comes with the end.
      const comesLater = fieldsOf(args[8]).lc_defers_inputs === true;
      const input = this.#capturesInput && !comesLater ? withPlainMessages(args[1]) : undefined;
      this.#recorder.begin(chainStart(args), { input });
    });
  }

  /** @internal */
  handleChainEnd(...[outputs, runId, , , details]: ChainEnd): void {
    this.#recorder.end(runId, () => ({
      ...this.#lateInput(details),
      output: this.#capturesOutput ? withPlainMessages(outputs) : undefined,
    }));
  }

  /** @internal */
  handleChainError(...[error, runId, , , details]: ChainEnd): void {
    this.#recorder.fail(runId, error, () => this.#lateInput(details));
  }

  /** @internal */
  handleChatModelStart(...args: ModelStart): void {
    attempt(() => {
      const [, batches, , , extraParams, , metadata] = args;
      const [messages] = Array.isArray(batches) ? batches : [];
      const input = this.#capturesInput && Array.isArray(messages) ? messages.map(plainMessage) : undefined;
      this.#recorder.begin(modelStart(args), { input, ...requestOf(extraParams, metadata) });
    });
  }

  /** @internal */
  handleLLMStart(...args: ModelStart): void {
    attempt(() => {
      const [, prompts, , , extraParams, , metadata] = args;
      const input = this.#capturesInput && Array.isArray(prompts) ? prompts[0] : undefined;
      this.#recorder.begin(modelStart(args), { input, ...requestOf(extraParams, metadata) });
    });
  }

  /** @internal Called for each token, so it does next to nothing. */
  handleLLMNewToken(_token: unknown, _indices: unknown, runId: string): void {
    this.#recorder.token(runId);
  }

  /** @internal */
  handleLLMEnd(result: unknown, runId: string): void {
    this.#recorder.end(runId, () => answerOf(result, this.#capturesOutput));
  }

  /** @internal */
  handleLLMError(error: unknown, runId: string): void {
    this.#recorder.fail(runId, error, () => {
      const { partialOutput } = fieldsOf(error);
      return this.#capturesOutput && isRecord(partialOutput) ? { output: plainMessage(partialOutput) } : {};
    });
  }

  /** @internal */
  handleToolStart(...args: ToolStart): void {
    attempt(() => this.#recorder.begin(toolStart('tool', args), { input: this.#capturesInput ? args[1] : undefined }));
  }

  /** @internal */
  handleToolEnd(output: unknown, runId: string): void {
    this.#recorder.end(runId, () => (this.#capturesOutput ? { output: withPlainMessages(output) } : {}));
  }

  /** @internal */
  handleToolError(error: unknown, runId: string): void {
    this.#recorder.fail(runId, error, () => ({}));
  }

  /** @internal */
  handleRetrieverStart(...args: ToolStart): void {
    attempt(() => {
      const input = this.#capturesInput ? args[1] : undefined;
      this.#recorder.begin(toolStart('retriever', args), { input });
    });
  }

  /** @internal */
  handleRetrieverEnd(documents: unknown, runId: string): void {
    this.#recorder.end(runId, () => (this.#capturesOutput ? { output: documents } : {}));
  }

  /** @internal */
  handleRetrieverError(error: unknown, runId: string): void {
    this.#recorder.fail(runId, error, () => ({}));
  }

  /** @internal What the application dispatches itself. */
  handleCustomEvent(name: unknown, data: unknown, runId: string): void {
    attempt(() => this.#recorder.event(runId, { name: String(name), input: this.#capturesInput ? data : undefined }));
  }

  get #capturesInput(): boolean {
    return this.#options.captureInput ?? this.#recorder.client.captureInput;
  }

  get #capturesOutput(): boolean {
    return this.#options.captureOutput ?? this.#recorder.client.captureOutput;
  }

  /** What a stream turned out to have been given. */
  #lateInput(details: unknown): { input?: unknown } {
    const { inputs } = fieldsOf(details);
    return inputs !== undefined && this.#capturesInput ? { input: withPlainMessages(inputs) } : {};
  }
}

type ChainEnd = readonly [
  result: unknown,
  runId: string,
  parentRunId?: string,
  tags?: string[],
  details?: Record<string, unknown>,
];
