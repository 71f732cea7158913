/** Shown in place of what was recognised, so that one sees that something was there. */
export function mark(label: string): string {
  return `[masked:${label}]`;
}

/** A text with parts of it replaced, from left to right. */
export class Rewrite {
  readonly #text: string;
  #head = '';
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where what was replaced last ends; nothing before it can be replaced any more. */
  get position(): number {
    return this.#position;
  }

  replace(start: number, end: number, replacement: string): void {
    this.#head += this.#text.slice(this.#position, start) + replacement;
    this.#position = end;
  }

  /** The whole text; the very one that was given where nothing was replaced. */
  finish(): string {
    return this.#position === 0 ? this.#text : this.#head + this.#text.slice(this.#position);
  }
}
