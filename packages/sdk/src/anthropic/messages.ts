import { BoundedText, TextBudget } from '../model-calls/bounded-text.js';
import type { AnswerCollector, AnswerFacts, Endpoint } from '../model-calls/endpoint.js';
import { type LooseObject, looseObject, pick, presentOnly, textOf } from '../model-calls/loose-object.js';
import { usageDetails } from './usage.js';

const PARAMETER_NAMES = [
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'tool_choice',
  'service_tier',
  'speed',
  'stream',
];

export const MESSAGES: Endpoint = {
  name: 'anthropic.messages',
  type: 'generation',
  request: (body) => ({
    model: textOf(body.model),
    input: inputOf(body),
    modelParameters: parametersOf(body),
  }),
  answer: (value) => {
    const message = looseObject(value);
    if (message === undefined) return { output: value };
    return { ...messageFacts(message), output: { role: message.role, content: message.content } };
  },
  openCollector: (captures) => new MessageCollector(captures),
};

function inputOf(body: LooseObject): unknown {
  const context = presentOnly({
    system: body.system,
    tools: body.tools,
    output_format: looseObject(body.output_config)?.format ?? body.output_format,
  });
  return context === undefined ? body.messages : { ...context, messages: body.messages };
}

function parametersOf(body: LooseObject): Record<string, unknown> | undefined {
  const parameters = pick(body, PARAMETER_NAMES);
  const effort = textOf(looseObject(body.output_config)?.effort);
  return effort === undefined ? parameters : { ...parameters, effort };
}

function messageFacts(message: LooseObject): AnswerFacts {
  const usage = looseObject(message.usage) ?? {};
  return {
    model: textOf(message.model),
    usageDetails: usageDetails(usage),
    metadata: presentOnly({
      responseId: textOf(message.id),
      stopReason: textOf(message.stop_reason),
      stopSequence: textOf(message.stop_sequence),
      serviceTier: textOf(usage.service_tier),
    }),
  };
}

/** More blocks and citations than a message has; further ones are left out. */
const MAX_BLOCKS = 1_024;
const MAX_CITATIONS = 1_024;

/** What a piece of a block is called in the block, by the type of its delta and its name there. */
const PIECES: ReadonlyMap<unknown, readonly [deltaName: string, blockName: string]> = new Map([
  ['text_delta', ['text', 'text']],
  ['thinking_delta', ['thinking', 'thinking']],
  ['input_json_delta', ['partial_json', 'input']],
  ['compaction_delta', ['content', 'content']],
]);

/** One block of the content as it grows. */
interface BlockState {
  readonly start: LooseObject;
  readonly texts: Map<string, BoundedText>;
  signature: string | undefined;
  citations: unknown[] | undefined;
}

/** Puts a streamed message together. Copies what it needs of an event, since the library goes on to change it. */
class MessageCollector implements AnswerCollector {
  readonly #budget: TextBudget;
  readonly #blocks = new Map<unknown, BlockState>();
  readonly #message: Record<string, unknown> = {};
  readonly #usage: Record<string, unknown> = {};

  constructor(captures: boolean) {
    this.#budget = new TextBudget(captures);
  }

  get isComplete(): boolean {
    return this.#message.stop_reason !== undefined;
  }

  add(event: LooseObject): boolean {
    switch (event.type) {
      case 'content_block_delta':
        return this.#addDelta(event);
      case 'content_block_start':
        return this.#startBlock(event);
      case 'message_start':
        this.#takeMessage(looseObject(event.message) ?? {});
        return false;
      case 'message_delta':
        this.#takeMessage({ ...looseObject(event.delta), usage: event.usage });
        return false;
      default:
        return false;
    }
  }

  answer(): AnswerFacts {
    const content = [...this.#blocks.values()].map(blockOf);
    const facts = messageFacts({ ...this.#message, usage: this.#usage });
    return content.length === 0 ? facts : { ...facts, output: { role: 'assistant', content } };
  }

  /** Counts in later events are of the whole message, and left out where nothing changed. */
  #takeMessage(message: LooseObject): void {
    Object.assign(this.#message, pick(message, ['id', 'model', 'stop_reason', 'stop_sequence']));
    Object.assign(this.#usage, presentOnly(looseObject(message.usage) ?? {}));
  }

  #startBlock({ index, content_block: block }: LooseObject): boolean {
    const start = looseObject(block);
    if (start === undefined || this.#blocks.size >= MAX_BLOCKS) return false;
    this.#blocks.set(index, { start: { ...start }, texts: new Map(), signature: undefined, citations: undefined });
    return start.type === 'tool_use';
  }

  #addDelta({ index, delta: piece }: LooseObject): boolean {
    const delta = looseObject(piece);
    const block = this.#blocks.get(index);
    if (delta === undefined || block === undefined) return false;
    if (delta.type === 'signature_delta') block.signature = textOf(delta.signature);
    else if (delta.type === 'citations_delta') addCitation(block, delta.citation);
    const names = PIECES.get(delta.type);
    const text = names === undefined ? undefined : textOf(delta[names[0]]);
    if (names === undefined || text === undefined) return false;
    this.#textOf(block, names[1]).append(text);
    return true;
  }

  #textOf({ texts }: BlockState, name: string): BoundedText {
    const known = texts.get(name);
    if (known !== undefined) return known;
    const added = new BoundedText(this.#budget);
    texts.set(name, added);
    return added;
  }
}

function addCitation(block: BlockState, citation: unknown): void {
  block.citations ??= [];
  if (block.citations.length < MAX_CITATIONS) block.citations.push(citation);
}

/** The block as it would be in an answer that is not streamed, but for a tool's input, which stays the text it came as. */
function blockOf({ start, texts, signature, citations }: BlockState): object {
  const grown = Object.fromEntries([...texts].map(([name, text]) => [name, text.toString()]));
  return { ...start, ...grown, ...presentOnly({ signature, citations }) };
}
