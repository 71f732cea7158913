import { patternProblem } from '../../mask/pattern-check.js';
import { MaskModuleError } from '../errors.js';
import type { MaskSettings } from '../protocol.js';
import { CODE } from './characters.js';
import { atFirstDigit, type Detect, type Detector } from './detector.js';
import type { TextRules } from './field-mask.js';
import { extentOf, type JsonHandlers, rewriteJson } from './json-text.js';
import { KeyRules } from './keys.js';
import { mark } from './rewrite.js';
import { assignments } from './rules/assignments.js';
import { emails } from './rules/emails.js';
import { detectIban } from './rules/ibans.js';
import { detectV4, ipsV6 } from './rules/ips.js';
import { numbers } from './rules/numbers.js';
import { secrets } from './rules/secrets.js';
import { Scanner } from './scanner.js';

/** JSON inside a string of JSON, and so on; deeper, it is scanned as plain text. */
const MAX_NESTING = 8;

/** Shorter numbers are neither phone numbers nor ids. */
const MIN_NUMBER_LENGTH = 9;

interface OwnPattern {
  readonly pattern: RegExp;
  readonly replacement: string;
}

/**
 * The rules that the settings name. `configure` has refused patterns that might take long, but cannot check them in
 * every bundle, so they are checked where they run, too.
 *
 * @throws MaskModuleError for such a pattern
 */
export function openTextMask(settings: MaskSettings): TextRules {
  for (const { name, source, flags } of settings.patterns) {
    const problem = patternProblem(new RegExp(source, flags));
    if (problem !== undefined) throw new MaskModuleError(`pattern "${name}" ${problem}`);
  }
  return new TextMask(settings);
}

/** Keys, built-in rules and patterns on one text. Linear in its length. */
export class TextMask implements TextRules {
  readonly #keys: KeyRules;
  readonly #scanner: Scanner;
  readonly #patterns: readonly OwnPattern[];

  constructor({ rules, keys, patterns }: MaskSettings) {
    this.#keys = new KeyRules(keys, rules);
    this.#scanner = new Scanner(detectorsOf(new Set(rules), this.#keys));
    this.#patterns = patterns.map(({ name, source, flags, replacement }) => ({
      pattern: new RegExp(source, flags.includes('g') ? flags : `${flags}g`),
      replacement: replacement ?? mark(name),
    }));
  }

  /** The text without what the rules recognise; the very one that was given where they recognise nothing. */
  mask(text: string): string {
    return this.#text(text, 0);
  }

  /** What is to stand for a value because of its key. */
  valueUnder = (key: string): string | undefined => this.#keys.verdictOn(key)?.replacement;

  #text(text: string, nesting: number): string {
    if (nesting < MAX_NESTING) {
      if (mayBeJson(text)) {
        const extent = extentOf(text);
        if (extent !== 'none') return rewriteJson(text, this.#handlers(nesting + 1));
      }
      if ((text.includes('\n') || text.startsWith(SSE_DATA)) && HAS_JSON_LINE.test(text))
        return this.#lines(text, nesting + 1);
    }
    return this.#plain(text);
  }

  #handlers(nesting: number): JsonHandlers {
    return { leaf: (text) => this.#text(text, nesting), number: this.#number, valueUnder: this.valueUnder };
  }

  /** A number in JSON. Fractions and small ones are amounts, to all but the application's own patterns. */
  #number = (number: string): string => {
    const isAmount = this.#patterns.length === 0 && (number.length < MIN_NUMBER_LENGTH || /[.eE]/.test(number));
    return isAmount ? number : this.#plain(number);
  };

  /** Lines of JSON among other lines: server-sent events, logs. The lines between two of them are one text. */
  #lines(text: string, nesting: number): string {
    let masked = '';
    let plainStart = 0;
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      const payload = payloadStart(text, start);
      const line = text.slice(payload, end);
      if (mayBeJson(line) && extentOf(line) === 'whole') {
        masked += this.#plain(text.slice(plainStart, payload)) + rewriteJson(line, this.#handlers(nesting));
        plainStart = end;
      }
      start = end + 1;
    }
    return masked + this.#plain(text.slice(plainStart));
  }

  #plain(text: string): string {
    let masked = this.#scanner.replaceIn(text);
    for (const { pattern, replacement } of this.#patterns) masked = masked.replace(pattern, replacement);
    return masked;
  }
}

/** Keys before forms, and addresses before the numbers in them, where several are triggered by one character. */
function detectorsOf(rules: ReadonlySet<string>, keys: KeyRules): Detector[] {
  const onNumbers: Detect[] = [
    ...(rules.has('ips') ? [detectV4] : []),
    ...(rules.has('ibans') ? [detectIban] : []),
    ...(rules.has('cards') || rules.has('ids') || rules.has('phones') ? [numbers(rules)] : []),
  ];
  return [
    ...(keys.isEmpty ? [] : [assignments(keys)]),
    ...(rules.has('secrets') ? secrets : []),
    ...(rules.has('emails') ? [emails] : []),
    ...(rules.has('ips') ? [ipsV6] : []),
    ...(onNumbers.length > 0 ? [atFirstDigit(onNumbers)] : []),
  ];
}

const SSE_DATA = 'data:';

/** A line that begins as an object or an array, by itself or as the data of a server-sent event. */
const HAS_JSON_LINE = /\n(?:data:)? ?[[{]|^data: ?[[{]/;

function payloadStart(text: string, lineStart: number): number {
  const afterData = text.startsWith(SSE_DATA, lineStart) ? lineStart + SSE_DATA.length : lineStart;
  return text.charCodeAt(afterData) === CODE.SPACE ? afterData + 1 : afterData;
}

function mayBeJson(text: string): boolean {
  // White space before it is rare, and one character tells the rest.
  const first = text.charCodeAt(0) > CODE.SPACE ? text.charCodeAt(0) : text.trimStart().charCodeAt(0);
  if (first === CODE.OPEN_BRACE || first === CODE.OPEN_BRACKET) return true;
  return first === CODE.QUOTE && text.trimEnd().endsWith('"');
}
