import { SlipstreamConfigError } from '../errors.js';
import {
  ALL,
  type CharacterSet,
  complementOf,
  DIGIT,
  LINE_ENDS,
  type PatternNode,
  rangeOf,
  SPACE,
  setOf,
  WORD,
  withBothCases,
} from './pattern-nodes.js';

const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: DIGIT,
  D: complementOf(DIGIT),
  w: WORD,
  W: complementOf(WORD),
  s: SPACE,
  S: complementOf(SPACE, true),
};

/** After the backslash; a character that means nothing stands for itself. */
const ESCAPE = /^(?:x[\da-fA-F]{2}|u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|c[a-zA-Z]|[pP]\{[^}]*\}|k<|.)/s;

const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', v: '\v', f: '\f', r: '\r', b: '\b', '0': '\0' };

/** Thrown with what a pattern holds that may take long; `checkPattern` makes it a part of its message. */
export function unsafe(reason: string): SlipstreamConfigError {
  return new SlipstreamConfigError('SLIPSTREAM_INVALID_OPTION', reason);
}

/**
 * The tree of a regular expression. Only for ones that JavaScript has taken, so it need not find what is wrong.
 * @throws SlipstreamConfigError for references back and for syntax whose meaning is not known here
 */
export function parsePattern({ source, flags }: RegExp): PatternNode {
  return new Parser(source, flags).choice();
}

class Parser {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#peek())) items.push(this.#repeated(this.#atom()));
    return { kind: 'sequence', items };
  }

  #repeated(body: PatternNode): PatternNode {
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at, this.#at + 40));
    if (quantifier === null) return body;
    const [text, least, comma, most] = quantifier;
    this.#at += text.length;
    const sign = text[0];
    if (sign !== '{') return { kind: 'repeat', body, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity };
    const min = Number(least);
    return { kind: 'repeat', body, min, max: comma === '' ? min : most === '' ? Infinity : Number(most) };
  }

  #atom(): PatternNode {
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return this.#class();
    if (this.#take('.')) return this.#one(this.#flags.includes('s') ? ALL : complementOf(LINE_ENDS));
    const isMultiline = this.#flags.includes('m');
    if (this.#take('^')) return { kind: 'assertion', guard: isMultiline ? complementOf(LINE_ENDS) : ALL };
    if (this.#take('$')) return { kind: 'assertion', guard: 0n };
    if (/^\\b/.test(this.#rest(2))) return this.#assertion(2, WORD);
    if (/^\\B/.test(this.#rest(2))) return this.#assertion(2, 0n);
    return this.#one(this.#characters());
  }

  #assertion(length: number, guard: CharacterSet): PatternNode {
    this.#at += length;
    return { kind: 'assertion', guard };
  }

  #one(set: CharacterSet): PatternNode {
    return { kind: 'set', set: this.#flags.includes('i') ? withBothCases(set) : set };
  }

  #group(): PatternNode {
    const head = /^\?(?:<?[=!]|:|<[^>]+>)/.exec(this.#rest(100))?.[0] ?? '';
    if (head === '' && this.#peek() === '?') throw unsafe('flags inside the pattern');
    this.#at += head.length;
    const body = this.choice();
    this.#take(')');
    const isLook = head.endsWith('=') || head.endsWith('!');
    return isLook ? { kind: 'look', body, isNegativeBehind: head === '?<!' } : body;
  }

  #class(): PatternNode {
    const isNegated = this.#take('^');
    let set = 0n;
    let hasAllSpace = false;
    while (!this.#take(']')) {
      const start = this.#at;
      const first = this.#characters();
      const firstCode = this.#codeOf(start);
      const isRange = this.#peek() === '-' && this.#source.charAt(this.#at + 1) !== ']' && firstCode !== undefined;
      set |= first;
      hasAllSpace ||= this.#source.slice(start, this.#at) === '\\s';
      if (!isRange) continue;
      const lastAt = this.#at + 1;
      this.#at = lastAt;
      const last = this.#characters();
      const lastCode = this.#codeOf(lastAt);
      // A class at either end makes the hyphen a character of its own.
      set |= lastCode === undefined ? last | setOf('-') : rangeOf(firstCode, lastCode);
    }
    const folded = this.#flags.includes('i') ? withBothCases(set) : set;
    return this.#one(isNegated ? complementOf(folded, hasAllSpace) : folded);
  }

  /** The code of the one character that was read from `start` up to here; `undefined` for a class. */
  #codeOf(start: number): number | undefined {
    const text = this.#source.slice(start, this.#at);
    if (!text.startsWith('\\')) return text.codePointAt(0);
    const code = codeIn(text.slice(1));
    if (code !== undefined || /^\\[dwspDWSP]/.test(text)) return code;
    return (CONTROLS[text.charAt(1)] ?? text.charAt(1)).codePointAt(0);
  }

  /** One character or class of them, escaped or not. */
  #characters(): CharacterSet {
    if (!this.#take('\\')) {
      const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
      this.#at += character.length;
      return setOf(character);
    }
    const escaped = ESCAPE.exec(this.#rest(60))?.[0] ?? '';
    this.#at += escaped.length;
    const kind = escaped.charAt(0);
    if (/^[1-9]$|^k</.test(escaped)) throw unsafe('a reference back to a group');
    const code = codeIn(escaped);
    if (code !== undefined) return setOf(String.fromCodePoint(code));
    // \p{L}, \cJ: any set that holds what they mean will do.
    if (escaped.length > 1) return ALL;
    return CLASSES[kind] ?? setOf(CONTROLS[kind] ?? kind);
  }

  #peek(): string {
    return this.#source.charAt(this.#at);
  }

  #rest(length: number): string {
    return this.#source.slice(this.#at, this.#at + length);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }
}

/** The code of an escape that says it in hexadecimal digits. */
function codeIn(escaped: string): number | undefined {
  const digits = /^(?:x|u\{?)([\da-fA-F]{2,6})\}?$/.exec(escaped)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
