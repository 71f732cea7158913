import { describe, expect, it } from 'vitest';
import { patternProblem } from './pattern-check.js';

describe('patterns that take linear time', () => {
  it.each([
    /NV\d{6}/,
    /\bEMP-\d+\b/i,
    /[A-Z]{2}\d{2}(?: ?\d{4}){3,4}/,
    /\b\w+@corp\.com\b/,
    /(?<![\w.-])[\w.-]{1,64}@[\w-]+(?:\.[\w-]+)+/,
    /(?<!\w)\w+-x/,
    /"name":\s*"[^"]*"/,
    /<[^<>]*>/,
    /foo.{0,100}bar/s,
    /(?:\d[ -]?){13,16}/,
    /(?<year>\d{4})-(?<month>\d{2})/u,
    /Mật khẩu:\s*\S+/,
    /secret=.*/,
    /^#.+$/m,
    /token\s*=\s*[^\s;=]+;/,
    /^\s+x/,
    /(?:cat|dog|bird)s?/,
    /(?:https?|ftp):\/\/\S+/,
    /a(?=b)c(?!d{1,3})/,
    /Project\s+\w+\s+end/,
    /[\]\-\\^]x[^\]]+/,
    /x[0-9a-fA-F]+\b/,
    /\u{1F600}x+|\x41{2}|\u0041/u,
    /\p{Lu}{2,10}\d/u,
    /a{2}{b/,
  ])('%s', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });
});

/** A syntax error before Node 23, where something else must do. */
function withInlineFlags(): RegExp {
  try {
    return new RegExp(['(?i:', 'a)b'].join(''));
  } catch {
    return /(a+)+b/;
  }
}

describe('patterns that could take longer', () => {
  it.each([
    ['a repetition in a repetition', /(a+)+$/],
    ['the same without a name', /(?:a{1,3})*b/],
    ['the same with alternatives', /(?:\w+|-)+x/],
    ['the same after one character', /(?:x[a-z]*)*y/],
    ['alternatives that begin alike', /(?:a|ab)*c/],
    ['alternatives of one class', /(\w|\d)+x/],
    ['alternatives alike but for case', /(?:a|A)*b/i],
    ['what may be empty', /(?:a?)*b/],
    ['a reference back', /(["'])x\1/],
    ['a reference back by name', /(?<q>["'])x\k<q>/],
    ['a dot before a word', /.*secret/],
    ['a lazy dot before a word', /<.*?>/],
    ['two repetitions of one class', /\d+\d+x/],
    ['two repetitions with something optional between', /\d+-?\d+x/],
    ['a repetition at the beginning', /\w+@corp/],
    ['a repetition at the beginning, after a guard that does not hold it', /\b[\w.]+@corp/],
    ['a repetition at the beginning of one alternative', /x|\d+y/],
    ['a repetition of groups at the beginning', /(?:[a-z]+\.)+com/],
    ['a repetition that holds what it begins with', /<[^>]*>/],
    ['a repetition that an end of word may refuse', /a[a-z]+\b-/],
    ['a repetition in a lookahead', /(?=.*x)a/],
    ['a repetition in a lookbehind', /(?<=a.*)b/],
    ['bounds that are too large', /a{1,5000}b/],
    ['bounds that multiply', /(?:a{1,9}b?){9}c/],
    ['a repetition after a wide gap', /x.{0,50}\d+y/],
    ['a set past ASCII', /[^ -~]+é/],
    ['a repetition that holds all that stands before it', /token\s*=\s*[^\s;]+;/],
    ['white space of any kind', /x\s*[^a]+y/],
    ['a property', /\p{L}+x/u],
    ['flags inside', withInlineFlags()],
  ])('%s', (_what, pattern) => {
    expect(patternProblem(pattern)).toMatch(/very long|steps/);
  });

  it.each([
    ['matches nothing at all', /x*/, /empty/],
    ['is an end of word alone', /\b/, /empty/],
    ['is sticky', /x/y, /sticky/],
    ['has sets of sets', new RegExp('[a]', ['v'].join('')), /flag v/],
  ])('that %s is refused too', (_what, pattern, reason) => {
    expect(patternProblem(pattern)).toMatch(reason);
  });
});

describe('what passes', () => {
  const KIB = 1024;
  const patterns = [
    /\bEMP-\d+\b/,
    /\b\w+@corp\.com\b/,
    /(?<![\w.-])[\w.-]{1,64}@[\w-]+(?:\.[\w-]+)+/,
    /"name":\s*"[^"]*"/,
    /<[^<>]*>/,
    /foo.{0,100}bar/,
    /(?:\d[ -]?){13,16}/,
    /Project\s+\w+\s+end/,
    /x[0-9a-f]+\b/,
  ];
  const units = [
    'a',
    '1',
    '1 ',
    '1-',
    'EMP-1',
    'a@',
    'a.',
    '"name":"',
    '"name": ',
    '<',
    'foo',
    'Project a',
    'Project ',
    'x0',
    'x0g',
  ];

  it('takes four times as long for four times the text, whatever the text is', { timeout: 60_000 }, () => {
    const shortestMs = (pattern: RegExp, text: string) =>
      Math.min(
        ...[1, 2, 3].map(() => {
          const start = performance.now();
          text.replace(pattern, '');
          return performance.now() - start;
        }),
      );
    for (const pattern of patterns.map((one) => new RegExp(one.source, 'g'))) {
      for (const unit of units) {
        const text = unit.repeat((256 * KIB) / unit.length);
        const ratio = () => shortestMs(pattern, text) / (shortestMs(pattern, text.slice(0, text.length / 4)) + 0.05);
        const ratios = [ratio()];
        while (ratios.length < 4 && Math.min(...ratios) > 8) ratios.push(ratio());
        expect(Math.min(...ratios), `${pattern} on ${unit}`).toBeLessThanOrEqual(8);
      }
    }
  });
});
