import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { maskSettings } from '../../mask/mask-option.js';
import type { MaskRuleName } from '../../mask/mask-rules.js';
import { patternProblem } from '../../mask/pattern-check.js';
import { replaceMedia } from './media.js';
import { TextMask } from './text-mask.js';

const GUIDE = readFileSync(new URL('../../../../../docs/guide/masking.md', import.meta.url), 'utf8');

/** Cells of the table with this head, without their back-ticks. */
function rowsOf(head: string): string[][] {
  const [, table] = GUIDE.split(`| ${head} |\n`);
  const lines = table!.split('\n').slice(1);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) => {
    const cells = line.slice(2, -2).split(/(?<!\\) \| /);
    return cells.map((cell) => cell.replace(/^`|`$/g, '').replaceAll('\\|', '|'));
  });
}

function maskWith(...rules: MaskRuleName[]): TextMask {
  return new TextMask(maskSettings({ rules })!);
}

const ALL = new TextMask(maskSettings({})!);

describe('what the guide says is replaced', () => {
  it.each(rowsOf('rule | text | sent as'))('by %s: %s', (rule, text, sent) => {
    expect(maskWith(rule as MaskRuleName).mask(text!)).toBe(sent);
  });

  it.each(rowsOf('rule | text | sent as'))('also with all rules, and once is enough (%s): %s', (_rule, text, sent) => {
    expect(ALL.mask(text!)).toBe(sent);
    expect(ALL.mask(sent!)).toBe(sent);
  });

  it.each(rowsOf('rule | text | sent as'))('also inside JSON inside JSON (%s): %s', (_rule, text, sent) => {
    const wrap = (inner: string) => JSON.stringify([{ role: 'user', content: JSON.stringify({ text: inner }) }]);
    expect(ALL.mask(wrap(text!))).toBe(wrap(sent!));
  });
});

describe('what the guide says is left alone', () => {
  it.each(rowsOf('text | why'))('%s', (text) => {
    expect(ALL.mask(text!)).toBe(text);
  });
});

describe('what the guide says of patterns', () => {
  const toPattern = (text: string) => new RegExp(text.replace(/^\/|\/$/g, ''));

  it.each(rowsOf('refused | write'))('refuses %s', (refused) => {
    expect(patternProblem(toPattern(refused!))).toBeDefined();
  });

  it.each(
    rowsOf('refused | write').flatMap(([, better]) =>
      [...better!.matchAll(/`?(\/[^`]+\/)`?/g)].map((match) => [match[1]]),
    ),
  )('takes %s instead', (better) => {
    expect(patternProblem(toPattern(better!))).toBeUndefined();
  });
});

describe('what the guide says of media', () => {
  const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * 7919 + (index >> 3)) & 255));

  it.each(rowsOf('in content | sent as'))('%s', (content, sent) => {
    expect(replaceMedia(content!.replace('…', bytes.toString('base64')))).toBe(sent);
  });
});
