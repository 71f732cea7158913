import { createRandom, type Random, randomIndex } from '../statistics/random.js';

/** What a traced function takes and gives back. */
export type PayloadShape =
  | 'tiny'
  | '4kb'
  | '4kb-vietnamese'
  | '100kb-string'
  | '100kb-messages'
  | '100kb-string-vietnamese';

/** Values to hand to the traced functions, different from call to call and the same for the same seed. */
export interface Payload {
  readonly nextInput: () => unknown;
  readonly nextOutput: () => unknown;
  /** Characters of one input and one output together, without any serialisation's own. */
  readonly textLength: number;
}

/** A power of two, so that the next one is found by a mask; enough that a string's caches do not decide. */
const VARIANTS = 16;
const LARGE_VARIANTS = 4;

const ENGLISH =
  'the robot asks the child to repeat a sentence and listens for each sound then it praises or explains what to try again in lesson number';
const VIETNAMESE =
  'xin chào các bạn học sinh hôm nay chúng ta luyện phát âm tiếng Việt được không hãy nghe thật kỹ rồi nhắc lại từng câu ngắn';

/** Makes the payloads of a shape; all of it happens before a measurement begins. */
export function createPayload(shape: PayloadShape, seed: number): Payload {
  const random = createRandom(seed);
  const count = shape.startsWith('100kb') ? LARGE_VARIANTS : VARIANTS;
  const pairs = Array.from({ length: count }, () => createPair(shape, random));
  return {
    nextInput: rotate(pairs.map((pair) => pair.input)),
    nextOutput: rotate(pairs.map((pair) => pair.output)),
    textLength: pairs[0]?.textLength ?? 0,
  };
}

interface PayloadPair {
  readonly input: unknown;
  readonly output: unknown;
  readonly textLength: number;
}

function createPair(shape: PayloadShape, random: Random): PayloadPair {
  switch (shape) {
    case 'tiny':
      return { input: { text: flatText(ENGLISH, 12, random) }, output: flatText(ENGLISH, 8, random), textLength: 20 };
    case '4kb':
      return messagesPair(ENGLISH, { messages: 4, messageLength: 768, outputLength: 1_024 }, random);
    case '4kb-vietnamese':
      return messagesPair(VIETNAMESE, { messages: 4, messageLength: 768, outputLength: 1_024 }, random);
    case '100kb-messages':
      return messagesPair(ENGLISH, { messages: 200, messageLength: 512, outputLength: 8 }, random);
    case '100kb-string':
      return { input: flatText(ENGLISH, 102_400, random), output: flatText(ENGLISH, 8, random), textLength: 102_408 };
    case '100kb-string-vietnamese':
      return {
        input: flatText(VIETNAMESE, 102_400, random),
        output: flatText(VIETNAMESE, 8, random),
        textLength: 102_408,
      };
  }
}

interface MessagesSize {
  readonly messages: number;
  readonly messageLength: number;
  readonly outputLength: number;
}

function messagesPair(words: string, size: MessagesSize, random: Random): PayloadPair {
  const input = Array.from({ length: size.messages }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: flatText(words, size.messageLength, random),
  }));
  return {
    input,
    output: flatText(words, size.outputLength, random),
    textLength: size.messages * size.messageLength + size.outputLength,
  };
}

/** Random words up to a length, as the flat string that a parser or a socket gives (a rope would cost its reader). */
function flatText(source: string, length: number, random: Random): string {
  const words = source.split(' ');
  let text = '';
  while (text.length < length) text += `${words[randomIndex(random, words.length)] ?? ''} `;
  text = text.slice(0, length);
  const encoding = source === ENGLISH ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}

function rotate(values: readonly unknown[]): () => unknown {
  const mask = values.length - 1;
  let next = 0;
  return () => values[next++ & mask];
}
