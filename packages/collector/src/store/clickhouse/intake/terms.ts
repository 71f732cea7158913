/**
 * What filters ask for of a trace, as hashes in one column with a Bloom filter: a pair of metadata, a key alone, or the
 * conversation. Two texts with one hash would make a trace appear in a list where it does not belong, and nothing else.
 */

/** A row of a trace is written anew with each batch, so it must stay small; what is beyond is looked up. */
export const MAX_TERMS = 2_000;

/** A filter condition is at most 2,000 characters, so a longer value is never asked for. */
const MAX_FILTER_VALUE_CHARS = 2000;

const KIND_KEY = 'k';
const KIND_PAIR = 'p';
const KIND_CONVERSATION = 'c';

export function conversationTerm(conversation: string): string {
  return hash(`${KIND_CONVERSATION}${conversation}`);
}

export function keyTerm(key: string): string {
  return hash(`${KIND_KEY}${key}`);
}

export function pairTerm(key: string, value: string): string {
  return hash(`${KIND_PAIR}${key.length}:${key}${value}`);
}

/** Adds the terms of metadata, and gives whether all had room. */
export function addMetadataTerms(terms: Set<string>, metadata: ReadonlyMap<string, string>): boolean {
  for (const [key, value] of metadata) {
    if (terms.size >= MAX_TERMS) return false;
    terms.add(keyTerm(key));
    if (value.length <= MAX_FILTER_VALUE_CHARS) terms.add(pairTerm(key, value));
  }
  return true;
}

const LOW_SEED = 0x9747b28c;
const HIGH_SEED = 0x3c6ef372;
const LOW_FACTOR = 0x85ebca77;
const HIGH_FACTOR = 0xc2b2ae3d;

/** 64 bits as a decimal text: two multiplicative hashes that are stirred into each other at the end. */
function hash(text: string): string {
  let low = LOW_SEED ^ text.length;
  let high = HIGH_SEED ^ text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, LOW_FACTOR);
    high = Math.imul(high ^ code, HIGH_FACTOR);
    high = (high << 13) | (high >>> 19);
  }
  low = Math.imul(low ^ (low >>> 16), HIGH_FACTOR) ^ Math.imul(high ^ (high >>> 13), LOW_FACTOR);
  high = Math.imul(high ^ (high >>> 16), HIGH_FACTOR) ^ Math.imul(low ^ (low >>> 13), LOW_FACTOR);
  return String((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
}
