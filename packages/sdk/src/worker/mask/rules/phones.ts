import type { GroupedNumber } from './numbers.js';

/** A phone number: international, or as dialled in Vietnam or North America. */
export function isPhoneNumber(number: GroupedNumber): boolean {
  return isInternational(number) || isVietnamese(number) || isNorthAmerican(number);
}

/** `+` or `00`, a country code, at most 15 digits (E.164). */
function isInternational({ digits, groupSizes, hasPlus }: GroupedNumber): boolean {
  if (hasPlus) return digits.length <= 15 && digits[0] !== '0';
  const hasPrefix = (groupSizes[0] ?? 0) >= 2 && digits.startsWith('00') && digits[2] !== '0';
  return hasPrefix && digits.length >= 11 && digits.length <= 17;
}

/** Mobile `03|05|07|08|09` and eight digits, landline `02` and nine; or `84` and either without its 0. */
function isVietnamese({ digits, groupSizes }: GroupedNumber): boolean {
  const isMobile = /^0[35789]\d{8}$/.test(digits);
  const isLandline = /^02\d{9}$/.test(digits);
  // A single 0 before a separator begins a decimal number.
  if (isMobile || isLandline) return groupSizes.every((size) => size >= 2);
  const hasCountryCode = /^84(?:[35789]\d{8}|2\d{9})$/.test(digits);
  return hasCountryCode && (groupSizes.length === 1 || groupSizes[0] === 2);
}

/** Three, three and four digits, the first two not beginning with 0 or 1; spaces alone would make a row of a table one. */
function isNorthAmerican({ digits, groupSizes, separators }: GroupedNumber): boolean {
  const sizes = groupSizes.join();
  if (sizes !== '3,3,4' && !(sizes === '1,3,3,4' && digits[0] === '1')) return false;
  return /^1?[2-9]\d\d[2-9]/.test(digits) && /[.)-]/.test(separators);
}
