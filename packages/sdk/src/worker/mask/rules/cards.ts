import type { GroupedNumber } from './numbers.js';

/** First digits and lengths of the card networks: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Napas. */
const NETWORKS: readonly { readonly first: RegExp; readonly lengths: readonly number[] }[] = [
  { first: /^4/, lengths: [13, 16, 19] },
  { first: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { first: /^3[47]/, lengths: [15] },
  { first: /^3(?:0[0-5]|[68])/, lengths: [14, 16, 19] },
  { first: /^(?:6011|64[4-9]|65)/, lengths: [16, 19] },
  { first: /^35(?:2[89]|[3-8])/, lengths: [16, 19] },
  { first: /^62/, lengths: [16, 17, 18, 19] },
  { first: /^9704/, lengths: [16, 19] },
];

/** As printed on cards, so that a row of small numbers is none. */
const GROUPINGS = /^(?:\d+|4,4,4,[1-4]|4,4,4,4,[1-3]|4,6,[45]|6,1[03])$/;

/** A card number: first digits and length of a network, grouped as cards are, with a right check digit (Luhn). */
export function isCardNumber({ digits, groupSizes, separators, hasPlus }: GroupedNumber): boolean {
  if (digits.length < 13 || digits.length > 19 || hasPlus) return false;
  if (!GROUPINGS.test(groupSizes.join()) || !isOneSeparator(separators)) return false;
  const isOfNetwork = NETWORKS.some(({ first, lengths }) => lengths.includes(digits.length) && first.test(digits));
  return isOfNetwork && hasLuhnCheckDigit(digits);
}

function isOneSeparator(separators: string): boolean {
  return separators === '' || separators === separators.charAt(0).repeat(separators.length);
}

function hasLuhnCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
