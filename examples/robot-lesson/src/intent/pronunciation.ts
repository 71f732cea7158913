import { englishPhonemes, vietnamesePhonemes } from './phonemes.js';

const VOWELS = 'aeiou@';

/** Sounds that Vietnamese learners (and speech recognition) take for one another; a last S or s becomes a t. */
const CONFUSED: ReadonlySet<string> = new Set(
  [
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
    'tS',
    'ts',
    'dT',
    'sT',
    'ln',
    'lr',
    'nN',
    'vw',
    'zy',
  ].flatMap((pair) => [pair, [...pair].reverse().join('')]),
);

const CONFUSED_COST = 0.3;
const VOWEL_COST = 0.5;
/** A vowel put between consonants or left out ("sờ tu đen" for "student"). */
const VOWEL_GAP_COST = 0.5;
/** Vietnamese has few final consonants: learners drop them. */
const FINAL_GAP_COST = 0.4;
const GAP_COST = 0.9;

/** Syllables of the longest stretch that is held against one word. */
const MAX_WINDOW = 4;
/** Longer messages are talk: the word itself may be in it, but like sounds mean nothing. This also bounds the work. */
const MAX_TOKENS = 7;

/** How alike two phoneme texts sound: 1 the same, 0 nothing in common. */
export function soundSimilarity(heard: string, target: string): number {
  const longest = Math.max(heard.length, target.length);
  if (longest === 0) return 0;
  return Math.max(0, 1 - editCost(heard, target) / longest);
}

/**
 * The best likeness of a target word and any stretch of the message, read as English and as Vietnamese spelling.
 * @param tokens - the normalized message, split at blanks; in one of more than 7 only the word itself is found.
 */
export function pronunciationScore(tokens: readonly string[], targetWord: string): number {
  if (tokens.includes(targetWord)) return 1;
  if (tokens.length > MAX_TOKENS) return 0;
  const target = englishPhonemes(targetWord);
  let best = 0;
  for (let start = 0; start < tokens.length; start++) {
    for (let end = start + 1; end <= Math.min(start + MAX_WINDOW, tokens.length); end++) {
      const window = tokens.slice(start, end);
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
    previous.push((previous[column - 1] ?? 0) + missedCost(target, column - 1));
  }
  for (let row = 1; row <= heard.length; row++) {
    const sound = heard.charAt(row - 1);
    const current = [(previous[0] ?? 0) + addedCost(sound)];
    for (let column = 1; column <= target.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + replaceCost(sound, target.charAt(column - 1));
      const added = (previous[column] ?? 0) + addedCost(sound);
      const missed = (current[column - 1] ?? 0) + missedCost(target, column - 1);
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
  return CONFUSED.has(left + right) ? CONFUSED_COST : 1;
}

function addedCost(sound: string): number {
  return VOWELS.includes(sound) ? VOWEL_GAP_COST : GAP_COST;
}

/** Only what is missing at the end of the target is cheap: a swap of last consonants is another word. */
function missedCost(target: string, index: number): number {
  const sound = target.charAt(index);
  return index === target.length - 1 && !VOWELS.includes(sound) ? FINAL_GAP_COST : addedCost(sound);
}
