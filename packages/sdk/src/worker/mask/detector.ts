import { isDigit } from './characters.js';

/** A part of a text, and what is put in its place. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/**
 * Looks at the character at `at`, which is one of its triggers, and around it. Nothing before `from` may be part of
 * the match. To keep the whole scan linear it MUST look at a bounded number of characters, or at no more than what
 * it then returns as the match.
 */
export type Detect = (text: string, at: number, from: number) => Match | undefined;

export interface Detector {
  /** ASCII characters at which it is asked. */
  readonly triggers: string;
  readonly detect: Detect;
}

/** Those that look at a number are asked at its first digit, of which there are fewer. */
export function atFirstDigit(detects: readonly Detect[]): Detector {
  return {
    triggers: '0123456789',
    detect: (text, at, from) => (isDigit(text.charCodeAt(at - 1)) ? undefined : firstMatch(detects, text, at, from)),
  };
}

/** What the first of them finds that finds anything. */
export function firstMatch(detects: readonly Detect[], text: string, at: number, from: number): Match | undefined {
  for (const detect of detects) {
    const match = detect(text, at, from);
    if (match !== undefined) return match;
  }
  return undefined;
}
