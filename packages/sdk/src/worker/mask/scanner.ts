import { type Detect, type Detector, firstMatch } from './detector.js';
import { Rewrite } from './rewrite.js';

const ASCII = 128;

/** Goes over a text once and asks at each character those detectors that begin there. Linear, as they are. */
export class Scanner {
  /** By code; in the order of the detectors, of which the first to find something wins. */
  readonly #byCode: readonly (readonly Detect[] | undefined)[];
  readonly #isTrigger: Uint8Array;
  readonly #isEmpty: boolean;

  constructor(detectors: readonly Detector[]) {
    const byCode: Detect[][] = [];
    for (const { triggers, detect } of detectors) {
      for (const trigger of triggers) {
        const code = trigger.charCodeAt(0);
        byCode[code] ??= [];
        byCode[code].push(detect);
      }
    }
    this.#byCode = Array.from({ length: ASCII }, (_, code) => byCode[code]);
    this.#isTrigger = Uint8Array.from(this.#byCode, (detects) => (detects === undefined ? 0 : 1));
    this.#isEmpty = detectors.length === 0;
  }

  replaceIn(text: string): string {
    if (this.#isEmpty) return text;
    let rewrite: Rewrite | undefined;
    for (let at = this.#nextTrigger(text, 0); at < text.length; at = this.#nextTrigger(text, at)) {
      const match = firstMatch(this.#byCode[text.charCodeAt(at)] ?? [], text, at, rewrite?.position ?? 0);
      if (match !== undefined) {
        rewrite ??= new Rewrite(text);
        rewrite.replace(match.start, match.end, match.replacement);
      }
      at = match?.end ?? at + 1;
    }
    return rewrite?.finish() ?? text;
  }

  /** This loop is most of what masking costs. */
  #nextTrigger(text: string, from: number): number {
    const isTrigger = this.#isTrigger;
    const { length } = text;
    let at = from;
    while (at < length && isTrigger[text.charCodeAt(at)] !== 1) at++;
    return at;
  }
}
