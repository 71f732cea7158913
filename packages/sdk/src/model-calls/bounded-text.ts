/**
 * Most characters kept of one streamed answer. Four times what the default `maxCaptureBytes` lets through, so that it
 * binds only where an answer would grow without end.
 */
const MAX_CHARACTERS = 1024 * 1024;

/** What all texts of one answer may take together. */
export class TextBudget {
  left: number;

  /** @param captures - false keeps nothing. */
  constructor(captures: boolean) {
    this.left = captures ? MAX_CHARACTERS : 0;
  }
}

/** A text that grows piece by piece, within a budget; what goes beyond is counted. */
export class BoundedText {
  readonly #budget: TextBudget;
  #text = '';
  #leftOut = 0;

  constructor(budget: TextBudget) {
    this.#budget = budget;
  }

  append(piece: string): void {
    const budget = this.#budget;
    if (piece.length <= budget.left) {
      budget.left -= piece.length;
      this.#text += piece;
      return;
    }
    this.#text += piece.slice(0, budget.left);
    this.#leftOut += piece.length - budget.left;
    budget.left = 0;
  }

  /** With a mark that says how much was left out. */
  toString(): string {
    return this.#leftOut === 0 ? this.#text : `${this.#text}…[+${this.#leftOut} characters]`;
  }
}
