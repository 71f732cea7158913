import { type Client, describeError, type Observation, type ObservationEnd, type ObservationType } from '../core.js';

/** Metadata of what was left before its end; `observe` marks what nobody consumed in the same way. */
const ABANDONED = { slipstream_abandoned: true };

/** How a piece of an operation begins. */
export interface PartStart {
  readonly type: ObservationType;
  readonly name: string;
  readonly input?: unknown;
  readonly model?: string | undefined;
  readonly modelParameters?: Readonly<Record<string, unknown>> | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly startTime?: number | undefined;
}

interface Part {
  readonly observation: Observation;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * One call of an AI SDK function, from `onStart` to its end: an observation, and below it the calls of models, tools
 * and embedding models that it makes.
 */
export class Operation {
  readonly observation: Observation;
  /** Of `onStart`, such as `ai.generateText`. */
  readonly id: string;
  readonly functionId: string | undefined;
  /** Milliseconds since the epoch. */
  lastEventAt = Date.now();
  readonly #client: Client;
  /** Calls under way, by the id that their events share; a call of the language model, of which there is one, by ''. */
  readonly #parts = new Map<string, Part>();

  constructor(client: Client, observation: Observation, id: string, functionId: string | undefined) {
    this.#client = client;
    this.observation = observation;
    this.id = id;
    this.functionId = functionId;
  }

  /** `ai.generateText.doGenerate`, after the function's own id where it has one. */
  nameOf(call: string): string {
    return operationName(`${this.id}.${call}`, this.functionId);
  }

  begin(key: string, start: PartStart): void {
    this.lastEventAt = Date.now();
    // A call that is made again, because its stream broke, says nothing of the end of the one before.
    this.end(key, { level: 'WARNING', statusMessage: 'The call was made again' });
    const { type, ...fields } = start;
    const observation = this.#client.observation(type, { ...fields, parent: this.observation });
    this.#parts.set(key, { observation, startedAt: start.startTime ?? this.lastEventAt });
  }

  part(key: string): Part | undefined {
    return this.#parts.get(key);
  }

  end(key: string, fields: ObservationEnd): void {
    this.lastEventAt = Date.now();
    const part = this.#parts.get(key);
    if (part === undefined) return;
    this.#parts.delete(key);
    part.observation.end(fields);
  }

  /** Ends it, and what of it is still open in the same way. */
  finish(fields: ObservationEnd): void {
    const { level, statusMessage, endTime, metadata } = fields;
    for (const key of this.#parts.keys()) this.end(key, { level, statusMessage, endTime, metadata });
    this.observation.end(fields);
  }

  fail(error: unknown, endTime: number | undefined): void {
    this.finish({ ...failure(error), endTime });
  }

  /** Nobody waits for it any more. It ends where something was last heard of it. */
  giveUp(): void {
    this.finish({ metadata: ABANDONED, endTime: this.lastEventAt });
  }
}

export function operationName(operationId: string, functionId: string | undefined): string {
  return functionId === undefined ? operationId : `${functionId}:${operationId}`;
}

/** An application that cancels what it asked for has made no error. */
export function failure(error: unknown): ObservationEnd {
  const isAbort = error instanceof Error && error.name === 'AbortError';
  return { level: isAbort ? 'WARNING' : 'ERROR', statusMessage: describeError(error) };
}
