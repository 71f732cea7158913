import {
  type Client,
  getClient,
  type Observation,
  type ObservationEnd,
  type ObservationStart,
  type ObservationType,
} from '../core.js';
import { OpenWork } from '../framework-events/open-work.js';
import { attempt, copyOptions, type Fields, fieldsOf, firstText, isRecord } from '../framework-events/records.js';
import { costDetails, usageDetails } from '../model-calls/usage.js';

/** How LlamaIndex is recorded. */
export interface LlamaIndexOptions {
  /** @default the process's client */
  readonly client?: Client | undefined;
  /** Whether queries and prompts are copied. @default the client's `captureInput` */
  readonly captureInput?: boolean | undefined;
  /** Whether answers and retrieved texts are copied. @default the client's `captureOutput` */
  readonly captureOutput?: boolean | undefined;
}

/** LlamaIndex reports no failures: work of which nothing is heard for this long has failed. */
const SILENCE_MS = 3_600_000;
const ABANDONED = { slipstream_abandoned: true };

interface OpenCall {
  readonly observation: Observation;
  readonly startedAt: number;
  firstTokenAt: number;
  /** LlamaIndex's object for the caller, where this call is what its other events stand below. */
  readonly caller: object | undefined;
}

type Handler = (event: unknown) => void;
type Subscribe = (name: string, handler: Handler) => unknown;

/**
 * Records LlamaIndex.TS: models, tools, retrievers, queries, synthesis and agents, by the events of its callback manager.
 *
 * @param target - LlamaIndex's `Settings`, or a `CallbackManager`; anything else is ignored
 * @returns a function that stops recording
 * @example
 * import { Settings } from 'llamaindex';
 * observeLlamaIndex(Settings);
 */
export function observeLlamaIndex(target: unknown, options: LlamaIndexOptions = {}): () => void {
  const recorder = new EventRecorder(copyOptions<LlamaIndexOptions>(options));
  const manager = attempt(() => fieldsOf(fieldsOf(target).callbackManager ?? target)) ?? {};
  const handlers = recorder.handlers();
  const each = (method: 'on' | 'off'): void => {
    const subscribe = manager[method];
    if (typeof subscribe !== 'function') return;
    for (const [name, handler] of handlers) attempt(() => (subscribe as Subscribe).call(manager, name, handler));
  };
  attempt(() => each('on'));
  return () => attempt(() => each('off'));
}

class EventRecorder {
  readonly #options: LlamaIndexOptions;
  readonly #calls = new OpenWork<OpenCall>({
    isOver: ({ startedAt }, nowMs) => nowMs - startedAt > SILENCE_MS,
    giveUp: ({ observation, startedAt }) => observation.end({ metadata: ABANDONED, endTime: startedAt }),
  });
  /** By LlamaIndex's object for a caller: the query or agent step whose work it is. */
  readonly #containers = new WeakMap<object, Observation>();

  constructor(options: LlamaIndexOptions) {
    this.#options = options;
  }

  handlers(): [string, Handler][] {
    const query = (detail: Fields): unknown => fieldsOf(detail.query).query ?? detail.query;
    const response = ({ response }: Fields): ObservationEnd => ({ output: textOfResponse(response) });
    return [
      ['llm-start', this.#start('generation', 'llm', (detail) => detail.messages)],
      ['llm-stream', this.#guard((detail) => this.#token(detail.id))],
      ['llm-end', this.#end(answerOf)],
      ['llm-tool-call', this.#start('tool', 'tool', ({ toolCall }) => fieldsOf(toolCall).input)],
      ['llm-tool-result', this.#end(toolResult)],
      ['retrieve-start', this.#start('retriever', 'retrieve', query)],
      ['retrieve-end', this.#end(({ nodes }) => ({ output: textsOfNodes(nodes) }))],
      ['query-start', this.#start('chain', 'query', query)],
      ['query-end', this.#end(response)],
      ['synthesize-start', this.#start('chain', 'synthesize', query)],
      ['synthesize-end', this.#end(response)],
      ['agent-start', this.#start('agent', 'agent', () => undefined)],
      ['agent-end', this.#end(() => ({}))],
    ];
  }

  #guard(record: (detail: Fields, caller: unknown) => void): Handler {
    return (event) => attempt(() => record(fieldsOf(fieldsOf(event).detail), fieldsOf(event).reason));
  }

  #start(type: ObservationType, name: string, inputOf: (detail: Fields) => unknown): Handler {
    return this.#guard((detail, caller) => {
      const client = this.#options.client ?? getClient();
      const id = idOf(detail);
      if (id === undefined || !client.enabled) return;
      const start: ObservationStart = {
        name: type === 'tool' ? (firstText(fieldsOf(detail.toolCall).name) ?? name) : name,
        input: (this.#options.captureInput ?? client.captureInput) ? inputOf(detail) : undefined,
        model: type === 'generation' ? modelOf(caller) : undefined,
      };
      const parent = this.#containerOf(caller);
      const observation = client.observation(type, parent === undefined ? start : { ...start, parent });
      const isContainer = (type === 'chain' || type === 'agent') && isRecord(caller) && !this.#containers.has(caller);
      if (isContainer) this.#containers.set(caller, observation);
      this.#calls.add(id, {
        observation,
        startedAt: Date.now(),
        firstTokenAt: 0,
        caller: isContainer ? caller : undefined,
      });
    });
  }

  #token(id: unknown): void {
    const call = typeof id === 'string' ? this.#calls.get(id) : undefined;
    if (call !== undefined && call.firstTokenAt === 0) call.firstTokenAt = Date.now();
  }

  #end(read: (detail: Fields) => ObservationEnd): Handler {
    return this.#guard((detail) => {
      const id = idOf(detail);
      const call = id === undefined ? undefined : this.#calls.take(id);
      if (call === undefined) return;
      if (call.caller !== undefined) this.#containers.delete(call.caller);
      const { output, ...fields } = attempt(() => read(detail)) ?? {};
      const captures = this.#options.captureOutput ?? (this.#options.client ?? getClient()).captureOutput;
      const completionStartTime = call.firstTokenAt === 0 ? undefined : new Date(call.firstTokenAt);
      call.observation.end({ ...fields, output: captures ? output : undefined, completionStartTime });
    });
  }

  /** The innermost that surrounds the caller; LlamaIndex chains them by `parent`. */
  #containerOf(caller: unknown): Observation | undefined {
    for (let at = caller; isRecord(at); at = at.parent) {
      const container = this.#containers.get(at);
      if (container !== undefined) return container;
    }
    return undefined;
  }
}

function idOf({ id, toolCall, startStep, endStep }: Fields): string | undefined {
  return firstText(id, fieldsOf(toolCall).id, fieldsOf(startStep).id, fieldsOf(endStep).id);
}

/** The model's own class, where it is the caller, says what it is. */
function modelOf(caller: unknown): string | undefined {
  return firstText(fieldsOf(fieldsOf(fieldsOf(caller).caller).metadata).model);
}

function answerOf({ response }: Fields): ObservationEnd {
  const { message, raw } = fieldsOf(response);
  // Of a stream: its chunks, of which the last tells the usage.
  const answer = fieldsOf(Array.isArray(raw) ? fieldsOf(raw.at(-1)).raw : raw);
  return {
    output: message,
    model: firstText(answer.model),
    usageDetails: usageDetails(answer.usage),
    costDetails: costDetails(answer.usage),
  };
}

function toolResult({ toolResult: result }: Fields): ObservationEnd {
  const { output, isError } = fieldsOf(result);
  return isError === true ? { output, level: 'ERROR' } : { output };
}

function textsOfNodes(nodes: unknown): unknown {
  if (!Array.isArray(nodes)) return undefined;
  return nodes.filter(isRecord).map(({ node, score }) => {
    const { id_: id, text, metadata } = fieldsOf(node);
    return { id, text, score, metadata };
  });
}

/** An answer that streams is the model's to show. */
function textOfResponse(response: unknown): unknown {
  return fieldsOf(fieldsOf(response).message).content ?? fieldsOf(response).response;
}
