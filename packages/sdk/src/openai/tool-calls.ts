import { BoundedText, type TextBudget } from '../model-calls/bounded-text.js';
import { type LooseObject, looseObject, textOf } from '../model-calls/loose-object.js';

/** More calls than any model makes at once; their deltas are then left out. */
const MAX_TOOL_CALLS = 256;

interface ToolCallState {
  id: string | undefined;
  type: string;
  name: string | undefined;
  readonly text: BoundedText;
}

/** Tool calls of one streamed message. Parallel ones come interleaved, so each delta goes to the call of its index. */
export class StreamedToolCalls {
  readonly #budget: TextBudget;
  readonly #calls = new Map<number, ToolCallState>();

  constructor(budget: TextBudget) {
    this.#budget = budget;
  }

  add(delta: LooseObject): void {
    const call = this.#callOf(delta);
    if (call === undefined) return;
    call.id ??= textOf(delta.id);
    call.type = textOf(delta.type) ?? call.type;
    const inner = looseObject(delta.function) ?? looseObject(delta.custom);
    if (inner === undefined) return;
    call.name = textOf(inner.name) ?? call.name;
    const piece = textOf(inner.arguments) ?? textOf(inner.input);
    if (piece !== undefined) call.text.append(piece);
  }

  /** As in an answer that is not streamed; `undefined` where there is none. */
  list(): object[] | undefined {
    if (this.#calls.size === 0) return undefined;
    const byIndex = [...this.#calls].sort(([one], [other]) => one - other);
    return byIndex.map(([, { id, type, name, text }]) =>
      type === 'custom'
        ? { id, type, custom: { name, input: text.toString() } }
        : { id, type, function: { name, arguments: text.toString() } },
    );
  }

  #callOf(delta: LooseObject): ToolCallState | undefined {
    const calls = this.#calls;
    // Some compatible servers leave the index out: a new id then begins a new call.
    const index =
      typeof delta.index === 'number'
        ? delta.index
        : Math.max(0, calls.size - (textOf(delta.id) === undefined ? 1 : 0));
    const known = calls.get(index);
    if (known !== undefined || calls.size >= MAX_TOOL_CALLS) return known;
    const call = { id: undefined, type: 'function', name: undefined, text: new BoundedText(this.#budget) };
    calls.set(index, call);
    return call;
  }
}
