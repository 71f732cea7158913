import { englishPhonemes, vietnamesePhonemes } from './phonemes.js';

const VOWELS = 'aeiou@';

/** Sounds that Vietnamese learners (and speech recognition) take for one another. */
const CONFUSED = [
  'pb',
  'td',
  'kg',
  'fv',
  'sz',
  'sS',
  'SC',
  'CJ',
  'zJ',
  'yJ',
  'tT',
  'dT',
  'sT',
  'ln',
  'lr',
  'nN',
  'vw',
  'rw',
  'zy',
];

const CONFUSED_COST = 0.3;
const VOWEL_COST = 0.4;
/** A vowel put between consonants or left out ("sờ tu đen" for "student"). */
const VOWEL_GAP_COST = 0.4;
/** Vietnamese has few final consonants: learners drop them. */
const FINAL_GAP_COST = 0.4;
const GAP_COST = 0.9;

/** Syllables of the longest stretch that is held against one word. */
const MAX_WINDOW = 4;
/** Longer messages are talk, not an attempt at a word; this also bounds the work. */
const MAX_TOKENS = 12;

/** How alike two phoneme texts sound: 1 the same, 0 nothing in common. */
export function soundSimilarity(heard: string, target: string): number {
  const longest = Math.max(heard.length, target.length);
  if (longest === 0) return 0;
  return Math.max(0, 1 - editCost(heard, target) / longest);
}

/**
 * The best likeness of a target word and any stretch of the message, read as English and as Vietnamese spelling.
 * @param tokens - the normalized message, split at blanks; only the first 12 are looked at.
 */
export function pronunciationScore(tokens: readonly string[], targetWord: string): number {
  const target = englishPhonemes(targetWord);
  const heard = tokens.slice(0, MAX_TOKENS);
  let best = 0;
  for (let start = 0; start < heard.length; start++) {
    if (heard[start] === targetWord) return 1;
    for (let end = start + 1; end <= Math.min(start + MAX_WINDOW, heard.length); end++) {
      const window = heard.slice(start, end);
      best = Math.max(best, soundSimilarity(vietnamesePhonemes(window), target));
      best = Math.max(best, soundSimilarity(englishPhonemes(window.join('')), target));
    }
  }
  return best;
}

/** Weighted edit distance, one row at a time. */
function editCost(heard: string, target: string): number {
  let previous = [0];
  for (let column = 1; column <= target.length; column++) {
    previous.push((previous[column - 1] ?? 0) + gapCost(target, column - 1));
  }
  for (let row = 1; row <= heard.length; row++) {
    const current = [(previous[0] ?? 0) + gapCost(heard, row - 1)];
    for (let column = 1; column <= target.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + replaceCost(heard.charAt(row - 1), target.charAt(column - 1));
      const added = (previous[column] ?? 0) + gapCost(heard, row - 1);
      const missed = (current[column - 1] ?? 0) + gapCost(target, column - 1);
      current.push(Math.min(replaced, added, missed));
    }
    previous = current;
  }
  return previous[target.length] ?? 0;
}

function replaceCost(left: string, right: string): number {
  if (left === right) return 0;
  const areVowels = VOWELS.includes(left) && VOWELS.includes(right);
  if (areVowels) return VOWEL_COST;
  return CONFUSED.includes(left + right) || CONFUSED.includes(right + left) ? CONFUSED_COST : 1;
}

function gapCost(sounds: string, index: number): number {
  if (VOWELS.includes(sounds.charAt(index))) return VOWEL_GAP_COST;
  return index === sounds.length - 1 ? FINAL_GAP_COST : GAP_COST;
}
