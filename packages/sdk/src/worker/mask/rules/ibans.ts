import { beginsWord, CODE, isAlphanumeric, isUpperCase } from '../characters.js';
import type { Match } from '../detector.js';
import { mark } from '../rewrite.js';

/** Countries of the IBAN registry and how many characters theirs have. */
const LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry): [string, number] => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const MARK = mark('iban');

/**
 * International bank account numbers with right check digits, with or without spaces. Asked at the first digit,
 * after the two letters of the country.
 */
export function detectIban(text: string, at: number, from: number): Match | undefined {
  const start = at - 2;
  if (start < from || !isUpperCase(text.charCodeAt(at - 1)) || !isUpperCase(text.charCodeAt(start))) return undefined;
  const length = LENGTHS.get(text.slice(start, at));
  if (length === undefined || !beginsWord(text, start)) return undefined;
  let account = '';
  let end = start;
  while (account.length < length) {
    const code = text.charCodeAt(end);
    if (isAlphanumeric(code)) account += text.charAt(end);
    else if (code !== CODE.SPACE || text.charCodeAt(end - 1) === CODE.SPACE) return undefined;
    end++;
  }
  if (isAlphanumeric(text.charCodeAt(end)) || !hasCheckDigits(account.toUpperCase())) return undefined;
  return { start, end, replacement: MARK };
}

/** ISO 7064, MOD 97-10: the country and check digits moved to the end, letters as 10 to 35. */
function hasCheckDigits(account: string): boolean {
  let rest = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
