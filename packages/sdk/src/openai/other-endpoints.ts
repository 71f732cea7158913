import type { AnswerCollector, AnswerFacts, Endpoint } from '../model-calls/endpoint.js';
import { type LooseObject, looseObject, presentOnly, textOf } from '../model-calls/loose-object.js';
import { headFacts, StreamedHead } from './answer-facts.js';
import { modelParameters } from './request-parameters.js';

/** Vectors are neither read nor worth their bytes: how many there are and how long is recorded. */
export const EMBEDDINGS: Endpoint = {
  name: 'openai.embeddings',
  type: 'embedding',
  request: (body) => ({ model: textOf(body.model), input: body.input, modelParameters: modelParameters(body) }),
  answer: (value) => {
    const answer = looseObject(value) ?? {};
    return headFacts(answer, describeVectors(answer.data));
  },
  openCollector: () => new HeadCollector(),
};

function describeVectors(data: unknown): object | undefined {
  if (!Array.isArray(data)) return undefined;
  return presentOnly({ embeddings: data.length, dimensions: dimensionsOf(looseObject(data[0])?.embedding) });
}

const BYTES_A_DIMENSION = 4;

function dimensionsOf(embedding: unknown): number | undefined {
  if (typeof embedding === 'string') return Math.floor(Buffer.byteLength(embedding, 'base64') / BYTES_A_DIMENSION);
  const length = looseObject(embedding)?.length;
  return typeof length === 'number' ? length : undefined;
}

/** A call of which model, parameters, usage and texts are recorded, but no images or sound. */
export function plainEndpoint(name: string, inputName: string): Endpoint {
  return {
    name,
    type: 'generation',
    request: (body) => ({
      model: textOf(body.model),
      input: textOf(body[inputName]) ?? (Array.isArray(body[inputName]) ? body[inputName] : undefined),
      modelParameters: modelParameters(body),
    }),
    answer: plainFacts,
    openCollector: () => new HeadCollector(),
  };
}

function plainFacts(value: unknown): AnswerFacts {
  if (typeof value === 'string') return { output: value };
  const answer = looseObject(value);
  // The body of a sound file is the caller's to read.
  if (answer === undefined || typeof answer.arrayBuffer === 'function') return {};
  return headFacts(answer, textOf(answer.text) ?? answer.answers ?? answer.results);
}

/** For streams of images and sound: model and usage. */
class HeadCollector implements AnswerCollector {
  readonly #head = new StreamedHead();
  isComplete = false;

  add(chunk: LooseObject): boolean {
    this.#head.take(chunk);
    if (textOf(chunk.type)?.endsWith('.completed') || textOf(chunk.type)?.endsWith('.done')) this.isComplete = true;
    return true;
  }

  answer(): AnswerFacts {
    return this.#head.facts(undefined);
  }
}
