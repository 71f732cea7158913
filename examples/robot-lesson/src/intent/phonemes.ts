/**
 * Spelling to sound, roughly: one character a phoneme. The rules are small on purpose: they have to tell whether a
 * pupil tried to say a known word, not to transcribe speech.
 *
 * Consonants as usual, with S (sh), C (ch), J (j), T (th), N (ng); vowels a e i o u and @ (the colourless one).
 */
type SoundRule = readonly [spelling: RegExp, phonemes: string];

/** First match at a position wins, so longer spellings stand before shorter ones. */
const ENGLISH_RULES: readonly SoundRule[] = [
  [/^kn/y, 'n'],
  [/^wr/y, 'r'],
  [/^wh/y, 'w'],
  [/[ts]ion/y, 'S@n'],
  [/tch/y, 'C'],
  [/dge/y, 'J'],
  [/eigh/y, 'ei'],
  [/igh/y, 'ai'],
  [/ought|aught/y, 'ot'],
  [/ph/y, 'f'],
  [/sch/y, 'sk'],
  [/sh/y, 'S'],
  [/ch/y, 'C'],
  [/th/y, 'T'],
  [/ck/y, 'k'],
  [/ng/y, 'N'],
  [/qu/y, 'kw'],
  [/x/y, 'ks'],
  [/mb$/y, 'm'],
  [/(?<=[bcdfgkpstz])le$/y, '@l'],
  [/ge$|ge(?=[aiou])/y, 'J'],
  [/c(?=[eiy])/y, 's'],
  [/ee|ea|ey$|y$/y, 'i'],
  [/oo/y, 'u'],
  [/ou|ow(?=n)/y, 'au'],
  [/ow|oa/y, 'o'],
  [/ai|ay/y, 'e'],
  [/oi|oy/y, 'oi'],
  [/au|aw/y, 'o'],
  [/er|ir|ur/y, '@'],
  [/ar/y, 'a'],
  [/or/y, 'o'],
  [/i(?=[bcdfgklmnpstvz]er?$)/y, 'ai'],
  [/a(?=[bcdfgklmnpstvz]e$|[bcdfgkptz]le$)/y, 'e'],
  // Silent at the end, except in words that have no other vowel ("me").
  [/(?<=[aeiouy].*)e$/y, ''],
  [/([bcdfgklmnprstvz])\1/y, '$1'],
  [/c|q/y, 'k'],
  [/j/y, 'J'],
  [/y/y, 'y'],
];

/** After tone marks are off; the letters ă â ê ô ơ ư đ are sounds of their own. */
const VIETNAMESE_RULES: readonly SoundRule[] = [
  [/ngh|ng/y, 'N'],
  [/nh$/y, 'n'],
  [/nh/y, 'ny'],
  [/ch$/y, 'k'],
  [/ch|tr/y, 'C'],
  [/ph/y, 'f'],
  [/th/y, 't'],
  [/kh/y, 'k'],
  [/gh/y, 'g'],
  [/gi/y, 'z'],
  [/qu/y, 'kw'],
  [/đ/y, 'd'],
  [/d/y, 'z'],
  [/x/y, 's'],
  [/c|q/y, 'k'],
  [/[ăa]/y, 'a'],
  [/[âơ]/y, '@'],
  [/[êe]/y, 'e'],
  [/[iy]/y, 'i'],
  [/[ôo]/y, 'o'],
  [/[ưu]/y, 'u'],
];

const TONE_MARKS = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** Lower case, without punctuation, blanks single; letters keep their marks. */
export function normalize(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Vietnamese without its tones: "nhắc lại" and "nhăc lai" sound the same to a rule. */
export function withoutTones(text: string): string {
  return text.normalize('NFD').replaceAll(TONE_MARKS, '').normalize('NFC');
}

/** Plain ASCII letters, as typed on a keyboard without Vietnamese. */
export function withoutMarks(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('đ', 'd').normalize('NFC');
}

/** The sounds of one normalized English word. */
export function englishPhonemes(word: string): string {
  return toPhonemes(withoutMarks(word), ENGLISH_RULES);
}

/** The sounds of normalized Vietnamese syllables, also of English words written down the way a Vietnamese hears them. */
export function vietnamesePhonemes(syllables: readonly string[]): string {
  return syllables.map((syllable) => toPhonemes(withoutTones(syllable), VIETNAMESE_RULES)).join('');
}

function toPhonemes(word: string, rules: readonly SoundRule[]): string {
  let phonemes = '';
  let index = 0;
  while (index < word.length) {
    const { length, sound } = matchAt(word, index, rules);
    phonemes += sound;
    index += length;
  }
  // A doubled sound is heard once.
  return phonemes.replaceAll(/(.)\1/g, '$1');
}

function matchAt(word: string, index: number, rules: readonly SoundRule[]): { length: number; sound: string } {
  for (const [spelling, phonemes] of rules) {
    spelling.lastIndex = index;
    const match = spelling.exec(word);
    if (match !== null) return { length: match[0].length, sound: phonemes.replace('$1', match[1] ?? '') };
  }
  return { length: 1, sound: word.charAt(index) };
}
