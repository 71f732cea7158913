// Hot path: one id <= 20 ns.
import { builtin } from '../runtime.js';

/** The ids of a trace: 128 bits as four words, and what all of its spans share. */
export interface TraceIdentity {
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly word3: number;
  /** Whether its spans are recorded; decided once, where the trace begins. */
  readonly sampled: boolean;
  /** W3C tracestate that came with a remote parent, passed on as it is. */
  readonly traceState: string | undefined;
}

/**
 * Random 32-bit words by xoshiro128**, seeded from the system's generator. Ids need to be unlikely to meet, not
 * hard to guess, and `crypto.randomBytes(8)` costs 3 µs.
 */
export class IdSource {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor() {
    // Not `globalThis.crypto` where it can be avoided: its first use loads all of WebCrypto, 0.7 ms.
    const node = builtin('node:crypto');
    const seed = new Int32Array(4);
    if (node === undefined) globalThis.crypto.getRandomValues(seed);
    else node.randomFillSync(seed);
    this.a = seed[0] as number;
    this.b = seed[1] as number;
    this.c = seed[2] as number;
    // The generator must not start from all zeros.
    this.d = (seed[3] as number) | 1;
  }

  next(): number {
    const scaled = Math.imul(this.b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** A word that is not zero, so that no id is the invalid all-zero one. */
  nextNonZero(): number {
    return this.next() || 1;
  }
}

/** Eight hex digits of a word. */
export function wordToHex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** 32 hex digits. */
export function traceIdToHex(trace: TraceIdentity): string {
  return wordToHex(trace.word0) + wordToHex(trace.word1) + wordToHex(trace.word2) + wordToHex(trace.word3);
}
