import type { GroupedNumber } from './numbers.js';

/** Provinces of birth in citizen ids, `001` (Hà Nội) to `096` (Cà Mau). */
const PROVINCES: ReadonlySet<number> = new Set([
  1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46,
  48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93,
  94, 95, 96,
]);

/** Words that make a number of nine or twelve digits after them an identity card's. */
const CARD_WORDS = /cmnd|cccd|cmt|căn cước|can cuoc|chứng minh|chung minh/i;

/** A Vietnamese citizen id (12 digits), an older identity card (9 digits, by the word before it), a US social security number. */
export function isIdNumber(number: GroupedNumber): boolean {
  if (number.hasPlus) return false;
  if (number.digits.length === 12) return isCitizenId(number) || hasCardWord(number);
  return number.digits.length === 9 && (isSocialSecurityNumber(number) || hasCardWord(number));
}

/** Province, century and sex, year of birth, six digits. Twelve digits alone would be an order number. */
function isCitizenId({ digits, groupSizes }: GroupedNumber): boolean {
  const sizes = groupSizes.join();
  if (sizes !== '12' && sizes !== '3,3,3,3' && sizes !== '4,4,4') return false;
  const century = Math.floor(Number(digits[3]) / 2);
  const birthYear = 1900 + century * 100 + Number(digits.slice(4, 6));
  return PROVINCES.has(Number(digits.slice(0, 3))) && birthYear <= new Date().getFullYear();
}

function hasCardWord({ before, groupSizes }: GroupedNumber): boolean {
  // Vietnamese text may come with its accents as characters of their own.
  return groupSizes.every((size) => size >= 3) && CARD_WORDS.test(before().normalize('NFC'));
}

function isSocialSecurityNumber({ digits, groupSizes, separators }: GroupedNumber): boolean {
  if (groupSizes.join() !== '3,2,4' || separators !== '--') return false;
  return !/^(?:000|666|9)|^...00|0000$/.test(digits);
}
