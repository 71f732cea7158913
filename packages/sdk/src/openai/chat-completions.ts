import { BoundedText, TextBudget } from '../model-calls/bounded-text.js';
import type { AnswerCollector, AnswerFacts, Endpoint } from '../model-calls/endpoint.js';
import { type LooseObject, looseObject, textOf } from '../model-calls/loose-object.js';
import { headFacts, oneOrAll, StreamedHead } from './answer-facts.js';
import { inputOf, modelParameters, routingMetadata } from './request-parameters.js';
import { StreamedToolCalls } from './tool-calls.js';

export const CHAT_COMPLETIONS: Endpoint = {
  name: 'openai.chat.completions',
  type: 'generation',
  request: (body) => ({
    model: textOf(body.model),
    input: inputOf(body, 'messages', ['tools', 'functions', 'response_format']),
    modelParameters: modelParameters(body),
    metadata: routingMetadata(body),
  }),
  answer: (value) => {
    const completion = looseObject(value);
    return completion === undefined ? { output: value } : wholeFacts(completion, 'message');
  },
  openCollector: (captures) => new ChoiceCollector(captures, (choice) => choice.message()),
};

export const COMPLETIONS: Endpoint = {
  name: 'openai.completions',
  type: 'generation',
  request: (body) => ({
    model: textOf(body.model),
    input: inputOf(body, 'prompt', ['suffix']),
    modelParameters: modelParameters(body),
    metadata: routingMetadata(body),
  }),
  answer: (value) => {
    const completion = looseObject(value);
    return completion === undefined ? { output: value } : wholeFacts(completion, 'text');
  },
  openCollector: (captures) => new ChoiceCollector(captures, (choice) => choice.text('text')),
};

function wholeFacts(completion: LooseObject, part: 'message' | 'text'): AnswerFacts {
  const choices = listOf(completion.choices);
  const finishReason = oneOrAll(choices.map((choice) => choice.finish_reason ?? undefined));
  return headFacts(completion, oneOrAll(choices.map((choice) => choice[part])), { finishReason });
}

/** Texts that come in pieces, by their names in a delta; `text` stands in the choice itself. */
const TEXT_NAMES = ['content', 'refusal', 'reasoning', 'reasoning_content'] as const;

type TextName = (typeof TEXT_NAMES)[number] | 'text' | 'transcript' | 'arguments';

/** One choice of a streamed completion. */
class StreamedChoice {
  finishReason: unknown;
  readonly #budget: TextBudget;
  readonly #texts = new Map<TextName, BoundedText>();
  #toolCalls: StreamedToolCalls | undefined;
  #functionName: string | undefined;

  constructor(budget: TextBudget) {
    this.#budget = budget;
  }

  /** True if the chunk held a part of the answer. */
  add(choice: LooseObject): boolean {
    if (choice.finish_reason) this.finishReason = choice.finish_reason;
    const delta = choice.delta as LooseObject | undefined;
    if (typeof delta !== 'object' || delta === null) return this.#append('text', choice.text);
    let hasPart = false;
    for (const name of TEXT_NAMES) if (this.#append(name, delta[name])) hasPart = true;
    return this.#addCalls(delta) || hasPart;
  }

  /** A text that came in pieces. */
  text(name: TextName): string | undefined {
    return this.#texts.get(name)?.toString();
  }

  /** The message as it would be in an answer that is not streamed. */
  message(): object {
    const message: Record<string, unknown> = { role: 'assistant', content: this.text('content') ?? null };
    for (const name of TEXT_NAMES) if (name !== 'content') setPresent(message, name, this.text(name));
    setPresent(message, 'tool_calls', this.#toolCalls?.list());
    const transcript = this.text('transcript');
    if (transcript !== undefined) message.audio = { transcript };
    const callArguments = this.text('arguments');
    if (this.#functionName !== undefined) {
      message.function_call = { name: this.#functionName, arguments: callArguments ?? '' };
    }
    return message;
  }

  #addCalls(delta: LooseObject): boolean {
    let hasPart = false;
    if (Array.isArray(delta.tool_calls)) {
      this.#toolCalls ??= new StreamedToolCalls(this.#budget);
      for (const call of listOf(delta.tool_calls)) this.#toolCalls.add(call);
      hasPart = delta.tool_calls.length > 0;
    }
    const audio = looseObject(delta.audio);
    if (audio !== undefined) hasPart = this.#append('transcript', audio.transcript) || hasPart;
    const functionCall = looseObject(delta.function_call);
    if (functionCall === undefined) return hasPart;
    this.#functionName = textOf(functionCall.name) ?? this.#functionName;
    return this.#append('arguments', functionCall.arguments) || hasPart;
  }

  #append(name: TextName, piece: unknown): boolean {
    if (typeof piece !== 'string' || piece === '') return false;
    let text = this.#texts.get(name);
    if (text === undefined) {
      text = new BoundedText(this.#budget);
      this.#texts.set(name, text);
    }
    text.append(piece);
    return true;
  }
}

function setPresent(target: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) target[name] = value;
}

/** The library's own limit is 128 as well. */
const MAX_CHOICES = 128;

/** Puts the choices of a streamed completion together. */
class ChoiceCollector implements AnswerCollector {
  readonly #head = new StreamedHead();
  readonly #budget: TextBudget;
  readonly #choices = new Map<number, StreamedChoice>();
  readonly #outputOf: (choice: StreamedChoice) => unknown;

  constructor(captures: boolean, outputOf: (choice: StreamedChoice) => unknown) {
    this.#budget = new TextBudget(captures);
    this.#outputOf = outputOf;
  }

  add(chunk: LooseObject): boolean {
    this.#head.take(chunk);
    let hasPart = false;
    const { choices } = chunk;
    if (!Array.isArray(choices)) return false;
    for (const choice of choices) if (this.#choiceOf(choice)?.add(choice) === true) hasPart = true;
    return hasPart;
  }

  get isComplete(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every((choice) => choice.finishReason !== undefined);
  }

  answer(): AnswerFacts {
    const choices = [...this.#choices].sort(([one], [other]) => one - other).map(([, choice]) => choice);
    const finishReason = oneOrAll(choices.map((choice) => choice.finishReason));
    return this.#head.facts(oneOrAll(choices.map(this.#outputOf)), { finishReason });
  }

  #choiceOf(choice: LooseObject): StreamedChoice | undefined {
    const index = typeof choice.index === 'number' ? choice.index : 0;
    const known = this.#choices.get(index);
    if (known !== undefined || this.#choices.size >= MAX_CHOICES) return known;
    const added = new StreamedChoice(this.#budget);
    this.#choices.set(index, added);
    return added;
  }
}

function listOf(value: unknown): LooseObject[] {
  return Array.isArray(value) ? value.filter((item) => looseObject(item) !== undefined) : [];
}
