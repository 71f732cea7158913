import {
  type GenerationFields,
  getClient,
  type Observation,
  ObservationHandle,
  type PromptReference,
} from '../core.js';
import type { AnswerCollector, AnswerFacts, Endpoint } from './endpoint.js';
import { describeError, errorFacts, isAbort } from './failure.js';
import { looseObject } from './loose-object.js';
import type { ModelCallOptions } from './options.js';

/**
 * The observation of one call of a model, from the request to the end of its answer. Nothing here throws: a fault of
 * ours costs the observation, never the call.
 */
export class ModelCall {
  readonly endpoint: Endpoint;
  readonly capturesOutput: boolean;
  /** Puts a streamed answer together, while there is one. */
  collector: AnswerCollector | undefined = undefined;
  /** Whether the answer, or the stream of it, has come. */
  received = false;
  ended = false;
  readonly #observation: Observation;
  readonly #request: CallRequest;
  #firstTokenAt: Date | undefined = undefined;

  constructor(endpoint: Endpoint, observation: Observation, request: CallRequest) {
    this.endpoint = endpoint;
    this.#observation = observation;
    this.#request = request;
    this.capturesOutput = request.capturesOutput;
  }

  /** Whether the trace is kept; else there is nothing to follow. */
  get isRecorded(): boolean {
    const observation = this.#observation;
    return !(observation instanceof ObservationHandle) || observation.trace.sampled;
  }

  /** Runs the request with the generation active, so that what traces HTTP stands below it. */
  run<T>(fn: () => T): T {
    return this.#observation.run(fn);
  }

  get hasFirstToken(): boolean {
    return this.#firstTokenAt !== undefined;
  }

  markFirstToken(): void {
    this.#firstTokenAt = new Date();
  }

  /** The answer is whole, or all that will come of it. */
  end(facts: AnswerFacts = {}): void {
    if (this.ended) return;
    this.ended = true;
    this.collector = undefined;
    unreadAnswers.unregister(this);
    try {
      this.#observation.end(this.#endFields(facts));
    } catch {
      // Facts come from another library's objects; without them the call is still recorded.
      this.#observation.end();
    }
  }

  /** The call failed, or was given up by its caller. */
  fail(error: unknown): void {
    if (this.ended) return;
    try {
      const partial = this.partialAnswer();
      const metadata = { ...partial.metadata, ...errorFacts(error) };
      const wasAborted = isAbort(error, this.#request.signal);
      const level = wasAborted ? 'WARNING' : 'ERROR';
      this.end({ ...partial, metadata, level, statusMessage: wasAborted ? 'aborted' : describeError(error) });
    } catch {
      // An error whose properties throw.
      this.end({ level: 'ERROR' });
    }
  }

  /** Ends it with what came until now. */
  endEarly(level: 'DEFAULT' | 'WARNING', statusMessage: string): void {
    const isComplete = this.collector?.isComplete === true;
    this.end(isComplete ? this.partialAnswer() : { ...this.partialAnswer(), level, statusMessage });
  }

  /** What a stream has given until now. */
  partialAnswer(): AnswerFacts {
    try {
      return this.collector?.answer() ?? {};
    } catch {
      // As in `end`.
      return {};
    }
  }

  /** One object for request and answer: each further one would be merged field by field. */
  #endFields(facts: AnswerFacts): GenerationFields {
    const { model, modelParameters, metadata, prompt } = this.#request;
    const requestedModel = facts.model !== undefined && facts.model !== model ? model : undefined;
    return {
      output: this.capturesOutput ? facts.output : undefined,
      metadata:
        requestedModel === undefined
          ? merged(metadata, facts.metadata)
          : { ...metadata, ...facts.metadata, requestedModel },
      level: facts.level,
      statusMessage: facts.statusMessage,
      model: facts.model ?? model,
      modelParameters,
      usageDetails: facts.usageDetails,
      costDetails: facts.costDetails,
      completionStartTime: this.#firstTokenAt,
      prompt,
    };
  }
}

type Metadata = Readonly<Record<string, unknown>> | undefined;

function merged(one: Metadata, other: Metadata): Metadata {
  return one === undefined ? other : other === undefined ? one : { ...one, ...other };
}

/** What a call has to know of its request later. */
export interface CallRequest {
  readonly model: string | undefined;
  readonly modelParameters: Readonly<Record<string, unknown>> | undefined;
  readonly metadata: Metadata;
  readonly prompt: PromptReference | undefined;
  readonly capturesOutput: boolean;
  /** The caller's `AbortSignal`. */
  readonly signal: unknown;
}

/** Begins the observation of a call with these arguments; `undefined` where nothing is traced. */
export function beginCall(
  endpoint: Endpoint,
  options: ModelCallOptions,
  args: readonly unknown[],
): ModelCall | undefined {
  try {
    const client = options.client ?? getClient();
    if (!client.enabled) return undefined;
    const { model, input, modelParameters, metadata } = endpoint.request(looseObject(args[0]) ?? {});
    const observation = client.observation(endpoint.type, {
      name: options.name ?? endpoint.name,
      parent: options.parent,
      input: (options.captureInput ?? client.captureInput) ? input : undefined,
    });
    const { sessionId, userId, tags, prompt } = options;
    if (sessionId !== undefined || userId !== undefined || tags !== undefined) {
      observation.updateTrace({ sessionId, userId, tags });
    }
    return new ModelCall(endpoint, observation, {
      model,
      modelParameters,
      metadata: merged(options.metadata, metadata),
      prompt,
      capturesOutput: options.captureOutput ?? client.captureOutput,
      signal: looseObject(args[1])?.signal,
    });
  } catch {
    // A request whose properties throw when they are looked at, or no client: the call goes on untraced.
    return undefined;
  }
}

/** Answers that nobody reads any more would leave their observation open for ever. */
const unreadAnswers = new FinalizationRegistry<ModelCall>((call) => {
  call.endEarly('WARNING', 'the answer was dropped unread');
});

/**
 * What the reader of an answer holds on to: when it is collected as garbage, nobody can read the answer any more.
 * Only what the reader reaches may refer to it.
 */
export class Reading {
  readonly call: ModelCall;
  /** Whether the body is being read. */
  hasBegun = false;

  constructor(call: ModelCall) {
    this.call = call;
    unreadAnswers.unregister(call);
    if (!call.ended) unreadAnswers.register(this, call, call);
  }
}
