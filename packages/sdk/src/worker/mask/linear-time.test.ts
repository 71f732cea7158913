import { describe, expect, it } from 'vitest';
import { maskSettings } from '../../mask/mask-option.js';
import { replaceMedia } from './media.js';
import { TextMask } from './text-mask.js';

const KIB = 1024;

/** Four times the text takes about four times as long; where time grew with the square it would be sixteen. */
const MAX_RATIO = 10;

/** A machine that was busy just then gets further chances; a square does not pass for a line by luck. */
const MAX_MEASURING_MS = 10_000;

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const repeat = (unit: string) => (length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

function nested(length: number): string {
  let text = 'lan@example.com 0912345678 '.repeat(200);
  while (text.length < length / 2) text = JSON.stringify({ token: 1, text, more: text });
  return text + ' '.repeat(length - text.length);
}

const TEXTS: Record<string, (length: number) => string> = {
  'server-sent events': repeat('data: {"choices":[{"delta":{"content":"xin chào"}}]}\n\n'),
  'server-sent events that are cut': repeat('data: {"choices":[{"delta":{"content":"xin\n\n'),
  'JSON inside JSON inside JSON': nested,
  'a long word before an @': (length) => `${'a'.repeat(length - 1)}@`,
  'the alphabet of base64': repeat(BASE64),
  'the alphabet of base64 with one stop': (length) => `${repeat(BASE64)(length - 1)}.`,
  ...Object.fromEntries(
    [
      ...[
        'a',
        'a@',
        '@',
        'a.',
        'a@a.',
        'a@a-',
        '.',
        '"',
        "'",
        '\\',
        '\\"',
        '\\\\"',
        ':',
        '=',
        '-',
        '_',
        '+',
        '%40',
        '(',
        '…[+',
      ],
      ...[
        '1',
        '1 ',
        '1-',
        '1.',
        '1.1.1.',
        '12:',
        '(1) ',
        '+8',
        '00 ',
        '079',
        'CMND 1',
        '4111 ',
        'GB82',
        'GB82 ',
        'a:',
        '::',
        '1::',
      ],
      ...[
        'token=',
        'token="',
        "token='",
        "token='\n",
        'token={',
        'token=["',
        'token:\\"',
        '"token":',
        'Cookie:',
        'a b=',
        '===',
      ],
      ...[
        'sk-',
        'sk-a',
        'eyJ',
        'eyJa.',
        'eyJaaaaaaaaa.',
        'ghp_',
        'AKIA',
        'AIza',
        'SG.',
        'Bearer ',
        'Bearer a',
        'Basic dXNl',
        'b',
      ],
      ...['://', '://a', '://a:', '://a:@', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----', '-----END '],
      ...[
        '{',
        '[',
        '{"',
        '{"a":',
        '[{"a":"',
        '"a",',
        '{"token":',
        '\n{',
        '\n{"a":1}',
        'data: {',
        'data:',
        '[1,',
        '{"a\\":',
        ' ',
      ],
      ...['data:image/png;base64,', ';base64,', 'data:;base64,A', 'data:a;b;c;', 'Aa1', 'Aa1 ', '\\/'],
    ].map((unit) => [`${JSON.stringify(unit)} again and again`, repeat(unit)]),
  ),
};

const MASK = new TextMask(
  maskSettings({ keys: ['full_name'], patterns: [{ name: 'own', pattern: /\b[\w.]{1,16}-\d+\b/i }] })!,
);

function both(text: string): number {
  return MASK.mask(text).length + replaceMedia(text).length;
}

/** Processor time, since other work on the machine would be in the time of a clock. */
function cpuMs(text: string, repeats: number): number {
  const start = process.cpuUsage();
  for (let count = 0; count < repeats; count++) both(text);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/**
 * How much longer the longer texts take, by the shortest of several times; at most as many as are needed, and no
 * more once that took long in itself.
 */
function ratioOf(make: (length: number) => string): number {
  const texts = [64, 128, 256].map((size) => make(size * KIB));
  // Warm, and so often that a clock can measure it.
  const once = Math.min(...[1, 2, 3].map(() => cpuMs(texts[0]!, 1)));
  const repeats = Math.min(200, Math.max(1, Math.ceil(3 / Math.max(once, 0.01))));
  const shortest = texts.map(() => Number.POSITIVE_INFINITY);
  const endMs = performance.now() + MAX_MEASURING_MS;
  let ratio = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 2 || (ratio > MAX_RATIO && performance.now() < endMs); round++) {
    for (const [index, text] of texts.entries()) shortest[index] = Math.min(shortest[index]!, cpuMs(text, repeats));
    const [small, middle, large] = shortest as [number, number, number];
    ratio = Math.max((middle / small) * 2, large / small);
  }
  return ratio;
}

describe('four times as much text takes about four times as long to mask', () => {
  it.each(Object.entries(TEXTS))('%s', { timeout: 60_000 }, (_name, make) => {
    expect(ratioOf(make)).toBeLessThanOrEqual(MAX_RATIO);
  });
});
