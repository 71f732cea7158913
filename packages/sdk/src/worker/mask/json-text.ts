import { CODE, isDigit } from './characters.js';
import { Rewrite } from './rewrite.js';

/** Deeper text is masked as plain text; the copier goes to 16, and the stack must hold in any case. */
const MAX_DEPTH = 200;

/** What the copier puts after a text that it cut. */
const CUT_TAIL = /…\[\+\d{1,20} characters\]$/;
const MAX_CUT_LENGTH = 40;

/** How much of a literal (`fals`) may stand before the cut. */
const MAX_TORN_LENGTH = 6;

const LITERALS = ['true', 'false', 'null'];

export interface JsonHandlers {
  /** What is to stand for a string or a key, both decoded. */
  readonly leaf: (text: string) => string;
  readonly number: (text: string) => string;
  /** What is to stand for the whole value under a key, or `undefined` to look into it. */
  readonly valueUnder: (key: string) => string | undefined;
}

/** How far a text is JSON: as a whole, up to where it was cut, or not. */
export type JsonExtent = 'whole' | 'cut' | 'none';

export function extentOf(text: string): JsonExtent {
  return new Walk(text, undefined).run();
}

/**
 * JSON text with its strings, keys and numbers replaced; everything else stays as it was written. Texts that were
 * cut are rewritten up to the cut. Only for what {@link extentOf} calls JSON.
 */
export function rewriteJson(text: string, handlers: JsonHandlers): string {
  const rewrite = new Rewrite(text);
  const walk = new Walk(text, { handlers, rewrite });
  const extent = walk.run();
  if (extent === 'cut') replaceTornEnd(text, Math.max(walk.valueStart, rewrite.position), { handlers, rewrite });
  return rewrite.finish();
}

interface Output {
  readonly handlers: JsonHandlers;
  readonly rewrite: Rewrite;
}

/** What follows the last whole value: most often a string without its end. */
function replaceTornEnd(text: string, start: number, { handlers, rewrite }: Output): void {
  const tail = text.slice(start);
  const cutMark = cutMarkOf(tail);
  const torn = tail.slice(0, tail.length - cutMark.length);
  const decoded = torn.startsWith('"') ? decode(`${torn.replace(/\\(?:u[\da-f]{0,3})?$/i, '')}"`) : undefined;
  const plain = decoded ?? torn;
  const masked = handlers.leaf(plain);
  if (masked === plain) return;
  const written = decoded === undefined ? masked : JSON.stringify(masked).slice(0, -1);
  rewrite.replace(start, text.length, written + cutMark);
}

function cutMarkOf(text: string): string {
  return CUT_TAIL.exec(text.slice(-MAX_CUT_LENGTH))?.[0] ?? '';
}

function decode(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    // An escape that JSON does not know: the text is not JSON after all, and is taken as it stands.
    return undefined;
  }
}

/** One pass over a text. It checks what decides where strings and values begin and end, and is lenient otherwise. */
class Walk {
  readonly #text: string;
  readonly #output: Output | undefined;
  #at = 0;
  /** Within a value that is replaced as a whole. */
  #isMuted = false;
  /** Where the string, number or word that was read last begins. */
  valueStart = 0;

  constructor(text: string, output: Output | undefined) {
    this.#text = text;
    this.#output = output;
  }

  run(): JsonExtent {
    if (!this.#value(0)) return this.#isAtCut() ? 'cut' : 'none';
    this.#skipSpace();
    return this.#at === this.#text.length ? 'whole' : 'none';
  }

  /** Whether what is missing was cut off, and is not simply something else than JSON. */
  #isAtCut(): boolean {
    const { length } = this.#text;
    const mark = cutMarkOf(this.#text);
    return mark !== '' && this.#at >= length - mark.length - MAX_TORN_LENGTH;
  }

  /** Reads a value; false where there is none, or not all of it. */
  #value(depth: number): boolean {
    this.#skipSpace();
    this.valueStart = this.#at;
    const code = this.#text.charCodeAt(this.#at);
    if (code === CODE.QUOTE) return this.#string() !== undefined;
    if (depth > MAX_DEPTH) return false;
    if (code === CODE.OPEN_BRACE) return this.#object(depth + 1);
    if (code === CODE.OPEN_BRACKET) return this.#array(depth + 1);
    return isDigit(code) || code === CODE.HYPHEN ? this.#number() : this.#literal();
  }

  #object(depth: number): boolean {
    this.#at++;
    this.#skipSpace();
    if (this.#take('}')) return true;
    do {
      this.#skipSpace();
      this.valueStart = this.#at;
      const key = this.#text.charCodeAt(this.#at) === CODE.QUOTE ? this.#string() : undefined;
      this.#skipSpace();
      if (key === undefined || !this.#take(':') || !this.#member(key, depth)) return false;
      this.#skipSpace();
    } while (this.#take(','));
    return this.#take('}');
  }

  /** The value under a key, replaced or looked into. */
  #member(key: string, depth: number): boolean {
    const replacement = this.#isMuted ? undefined : this.#output?.handlers.valueUnder(key);
    if (replacement === undefined) return this.#value(depth);
    this.#skipSpace();
    const start = this.#at;
    this.#isMuted = true;
    const isWhole = this.#value(depth);
    this.#isMuted = false;
    const tail = isWhole ? '' : cutMarkOf(this.#text);
    this.#output?.rewrite.replace(start, isWhole ? this.#at : this.#text.length, JSON.stringify(replacement) + tail);
    return isWhole;
  }

  #array(depth: number): boolean {
    this.#at++;
    this.#skipSpace();
    if (this.#take(']')) return true;
    do {
      if (!this.#value(depth)) return false;
      this.#skipSpace();
    } while (this.#take(','));
    return this.#take(']');
  }

  /** Reads a string, replaces it, and returns it decoded as it was; `undefined` where it does not end. */
  #string(): string | undefined {
    const start = this.#at;
    const end = this.#stringEnd();
    if (end === undefined) {
      this.#at = this.#text.length;
      return undefined;
    }
    this.#at = end;
    // Nobody needs its content.
    if (this.#output === undefined || this.#isMuted) return '';
    const raw = this.#text.slice(start + 1, end - 1);
    const content = raw.includes('\\') ? (decode(`"${raw}"`) ?? raw) : raw;
    const masked = this.#output.handlers.leaf(content);
    if (masked === content) return content;
    // Quotes around something that JSON does not allow in a string: then nothing is to be escaped either.
    const isJson = decode(`"${raw}"`) !== undefined;
    this.#output.rewrite.replace(start, end, isJson ? JSON.stringify(masked) : `"${masked}"`);
    return content;
  }

  /** After the first quote that an even number of backslashes, or none, stands before. */
  #stringEnd(): number | undefined {
    const text = this.#text;
    for (let close = text.indexOf('"', this.#at + 1); close >= 0; close = text.indexOf('"', close + 1)) {
      let before = close;
      while (text.charCodeAt(before - 1) === CODE.BACKSLASH) before--;
      if ((close - before) % 2 === 0) return close + 1;
    }
    return undefined;
  }

  #number(): boolean {
    const start = this.#at;
    while (isNumberCode(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#output === undefined || this.#isMuted) return true;
    const number = this.#text.slice(start, this.#at);
    const masked = this.#output.handlers.number(number);
    if (masked !== number) this.#output.rewrite.replace(start, this.#at, JSON.stringify(masked));
    return true;
  }

  #literal(): boolean {
    const literal = LITERALS.find((candidate) => this.#text.startsWith(candidate, this.#at));
    this.#at += literal?.length ?? 0;
    return literal !== undefined;
  }

  #take(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== CODE.SPACE && code !== CODE.NEWLINE && code !== CODE.RETURN && code !== CODE.TAB) return;
      this.#at++;
    }
  }
}

/** Digits, sign, decimal point, exponent, in whatever order: what is wrong with a number is not ours to find. */
function isNumberCode(code: number): boolean {
  const isSign = code === CODE.HYPHEN || code === CODE.PLUS;
  return isDigit(code) || isSign || code === CODE.DOT || code === 101 || code === 69;
}
