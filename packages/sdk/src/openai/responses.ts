import { BoundedText, TextBudget } from '../model-calls/bounded-text.js';
import type { AnswerCollector, AnswerFacts, Endpoint } from '../model-calls/endpoint.js';
import { type LooseObject, looseObject, pick, textOf } from '../model-calls/loose-object.js';
import { headFacts } from './answer-facts.js';
import { inputOf, modelParameters, routingMetadata } from './request-parameters.js';

export const RESPONSES: Endpoint = {
  name: 'openai.responses',
  type: 'generation',
  request: (body) => ({
    model: textOf(body.model),
    input: inputOf(body, 'input', ['instructions', 'tools', 'text', 'prompt', 'previous_response_id', 'conversation']),
    modelParameters: modelParameters(body),
    metadata: routingMetadata(body),
  }),
  answer: (value) => {
    const response = looseObject(value);
    return response === undefined ? { output: value } : responseFacts(response);
  },
  openCollector: (captures) => new ResponseCollector(captures),
};

/** A response object, which says itself how it ended. */
function responseFacts(response: LooseObject): AnswerFacts {
  const status = textOf(response.status);
  const incompleteReason = textOf(looseObject(response.incomplete_details)?.reason);
  const metadata = { status: status === 'completed' ? undefined : status, incompleteReason };
  return { ...headFacts(response, response.output, metadata), ...statusFacts(status, response, incompleteReason) };
}

function statusFacts(status: string | undefined, response: LooseObject, reason: string | undefined): AnswerFacts {
  switch (status) {
    case 'failed':
      return failureFacts(looseObject(response.error) ?? {});
    case 'cancelled':
      return { level: 'WARNING', statusMessage: 'cancelled' };
    case 'incomplete':
      // Not a fault: a limit that the caller set cuts answers too.
      return { statusMessage: reason === undefined ? 'incomplete' : `incomplete: ${reason}` };
    default:
      return {};
  }
}

function failureFacts(error: LooseObject): AnswerFacts {
  const message = textOf(error.message) ?? 'the response failed';
  const code = textOf(error.code);
  return { level: 'ERROR', statusMessage: code === undefined ? message : `${code}: ${message}` };
}

/** Pieces of text, by the type of their event, and what they are part of in an item of the output. */
const DELTA_PARTS: Readonly<Record<string, string>> = {
  'response.output_text.delta': 'text',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'summary',
  'response.function_call_arguments.delta': 'arguments',
  'response.mcp_call_arguments.delta': 'arguments',
  'response.custom_tool_call_input.delta': 'input',
  'response.code_interpreter_call_code.delta': 'code',
  'response.audio.transcript.delta': 'transcript',
};

const FINAL_TYPES: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** What an item is, besides what comes of it in pieces. */
const ITEM_NAMES = ['type', 'id', 'role', 'name', 'call_id', 'status'];

const MAX_ITEMS = 1_024;

/** One item of the output: as it was announced and has grown, until it comes whole. */
interface ItemState {
  announced: LooseObject;
  whole: LooseObject | undefined;
  readonly texts: Map<string, BoundedText>;
}

/** Puts a streamed response together. Its last event brings it whole; the pieces are for streams that stop before. */
class ResponseCollector implements AnswerCollector {
  readonly #budget: TextBudget;
  readonly #items = new Map<unknown, ItemState>();
  #head: LooseObject = {};
  #final: LooseObject | undefined;
  #failure: LooseObject | undefined;

  constructor(captures: boolean) {
    this.#budget = new TextBudget(captures);
  }

  get isComplete(): boolean {
    return this.#final !== undefined;
  }

  add(event: LooseObject): boolean {
    const { type } = event;
    const part = DELTA_PARTS[type as string];
    if (part !== undefined) return this.#addText(part, event);
    if (type === 'response.output_item.added') this.#announce(event);
    else if (type === 'response.output_item.done') this.#complete(event);
    else if (type === 'response.created') this.#head = pick(looseObject(event.response) ?? {}, ['id', 'model']) ?? {};
    else if (FINAL_TYPES.has(type)) this.#end(event);
    else if (type === 'error') this.#failure = looseObject(event.error) ?? event;
    return false;
  }

  answer(): AnswerFacts {
    const facts = this.#final === undefined ? headFacts(this.#head, this.#partialOutput()) : responseFacts(this.#final);
    return this.#failure === undefined ? facts : { ...facts, ...failureFacts(this.#failure) };
  }

  #end(event: LooseObject): void {
    this.#final = looseObject(event.response);
    this.#items.clear();
  }

  #addText(part: string, event: LooseObject): boolean {
    const { delta } = event;
    if (typeof delta !== 'string' || delta === '') return false;
    const texts = this.#itemOf(event)?.texts;
    if (texts === undefined) return true;
    let text = texts.get(part);
    if (text === undefined) {
      text = new BoundedText(this.#budget);
      texts.set(part, text);
    }
    text.append(delta);
    return true;
  }

  #announce(event: LooseObject): void {
    const state = this.#itemOf(event);
    if (state !== undefined) state.announced = pick(looseObject(event.item) ?? {}, ITEM_NAMES) ?? {};
  }

  #complete(event: LooseObject): void {
    const state = this.#itemOf(event);
    if (state === undefined) return;
    state.whole = looseObject(event.item);
    state.texts.clear();
  }

  #itemOf({ output_index: index }: LooseObject): ItemState | undefined {
    const known = this.#items.get(index);
    if (known !== undefined || this.#items.size >= MAX_ITEMS) return known;
    const added: ItemState = { announced: {}, whole: undefined, texts: new Map() };
    this.#items.set(index, added);
    return added;
  }

  #partialOutput(): object[] | undefined {
    if (this.#items.size === 0) return undefined;
    return [...this.#items.values()].map(({ announced, whole, texts }) => whole ?? partialItem(announced, texts));
  }
}

/** An item that did not come to its end, in the shape of a whole one. */
function partialItem(announced: LooseObject, texts: ReadonlyMap<string, BoundedText>): object {
  const item: Record<string, unknown> = { ...announced };
  for (const [part, text] of texts) {
    if (part === 'text') item.content = [{ type: 'output_text', text: text.toString() }];
    else if (part === 'refusal') item.content = [{ type: 'refusal', refusal: text.toString() }];
    else if (part === 'summary') item.summary = [{ type: 'summary_text', text: text.toString() }];
    else if (part === 'reasoning') item.content = [{ type: 'reasoning_text', text: text.toString() }];
    else item[part] = text.toString();
  }
  return item;
}
