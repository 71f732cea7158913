import type { GenerationFields, ObservationType } from '../core.js';
import type { LooseObject } from './loose-object.js';

/** What of a request is recorded. */
export interface RequestFacts {
  readonly model?: string | undefined;
  readonly input?: unknown;
  readonly modelParameters?: Readonly<Record<string, unknown>> | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What of an answer is recorded: output, model that served it, usage, cost. */
export type AnswerFacts = Readonly<GenerationFields>;

/** Puts the answer together while the application reads it. */
export interface AnswerCollector {
  /** Takes what it needs of a chunk at once, because its reader may change it. True if it held a part of the answer. */
  add(chunk: LooseObject): boolean;
  /** Whether the provider has said that the answer ends here. */
  readonly isComplete: boolean;
  /** What came until now. */
  answer(): AnswerFacts;
}

/** One method of a client that calls a model, and how its requests and answers read. */
export interface Endpoint {
  readonly name: string;
  readonly type: ObservationType;
  request(body: LooseObject): RequestFacts;
  answer(value: unknown): AnswerFacts;
  openCollector(capturesOutput: boolean): AnswerCollector;
}
