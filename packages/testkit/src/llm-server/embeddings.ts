import { TestkitError } from '../errors.js';
import { createRandom } from '../random/seeded-random.js';
import { estimateTokenCount } from '../text/tokens.js';
import { parseJsonObject } from './chat-request.js';

const DEFAULT_DIMENSIONS = 64;
const MAX_DIMENSIONS = 3_072;
const MAX_INPUT_COUNT = 2_048;

/** An answered embeddings request: its JSON body, and its tokens for the books. */
export interface EmbeddingsAnswer {
  readonly body: object;
  readonly promptTokens: number;
}

/**
 * Unit vectors that depend on the seed and the text only.
 * @throws TestkitError `INVALID_BODY`
 */
export function answerEmbeddings(body: Buffer, seed: number | string): EmbeddingsAnswer {
  const request = parseJsonObject(body);
  const { model, input } = request;
  if (typeof model !== 'string' || model === '') throw new TestkitError('INVALID_BODY', 'model must be a text');
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  if (texts.length === 0 || texts.length > MAX_INPUT_COUNT || !texts.every((text) => typeof text === 'string')) {
    throw new TestkitError('INVALID_BODY', `input must be a text or a list of 1 to ${MAX_INPUT_COUNT} texts`);
  }
  const dimensions = parseDimensions(request.dimensions);
  const asBase64 = request.encoding_format === 'base64';
  const data = texts.map((text, index) => {
    const vector = unitVector(`${seed}/${text}`, dimensions);
    return { object: 'embedding', index, embedding: asBase64 ? toBase64(vector) : [...vector] };
  });
  const promptTokens = texts.reduce((sum, text) => sum + estimateTokenCount(text), 0);
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
  return { body: { object: 'list', data, model, usage }, promptTokens };
}

function parseDimensions(value: unknown): number {
  if (value === undefined || value === null) return DEFAULT_DIMENSIONS;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_DIMENSIONS) {
    throw new TestkitError('INVALID_BODY', `dimensions must be from 1 to ${MAX_DIMENSIONS}`);
  }
  return value;
}

function unitVector(seed: string, dimensions: number): Float32Array {
  const random = createRandom(seed);
  const vector = Float32Array.from({ length: dimensions }, () => random.next() * 2 - 1);
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** The client library asks for little-endian floats, which every platform that Node runs on has. */
function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
