import type { MaskRuleName } from '../../mask/mask-rules.js';
import { mark } from './rewrite.js';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Keys by their normal form (see {@link normalKey}): whole, or their last part after a dot. */
const NAMES: Partial<Record<MaskRuleName, ReadonlySet<string>>> = {
  secrets: words(
    'password passwords passwd passphrase passcode pwd matkhau secret secrets token apikey apikeys authorization ' +
      'proxyauthorization cookie cookies setcookie privatekey credential credentials connectionstring accesskeyid ' +
      'awsaccesskeyid jwt otp pincode',
  ),
  cards: words('cardnumber creditcard creditcardnumber cvv cvc cvv2 sothe'),
  ids: words(
    'cccd cmnd cmt socccd socmnd cancuoc cancuoccongdan socancuoc ssn socialsecuritynumber nationalid citizenid ' +
      'passport passportnumber hochieu sohochieu',
  ),
};

/** Ends of keys that hold secrets, whatever stands before: `openai_api_key`, `DB_PASSWORD`. */
const SECRET_ENDINGS =
  /(?:password|passwd|passphrase|secret|apikey|secretkey|privatekey|accesskey|signingkey|encryptionkey|credentials?|matkhau)$/;

/** Only with these words, because `next_page_token` and `time_to_first_token` are no secrets. */
const TOKEN_ENDINGS =
  /(?:access|refresh|auth|oauth|id|session|bearer|csrf|xsrf|api|bot|app|service|device|push|fcm|security|personal|verification|reset|login|webhook|deploy|registry|npm|vault|github|gitlab|slack|telegram|discord|zalo|hf|huggingface|jwt)token$/;

/** Keys whose value goes to the end of its line: headers. */
const HEADERS = words('authorization proxyauthorization cookie setcookie');

/** Keys repeat. Applications that make up new ones start the table over. */
const MAX_KNOWN_KEYS = 2_000;

/** Longer ones are no names of fields. */
export const MAX_KEY_LENGTH = 128;

/** What a key makes of its value. */
export interface KeyVerdict {
  /** Put in place of the value. */
  readonly replacement: string;
  /** In plain text the value goes to the end of its line. */
  readonly isHeader: boolean;
}

/** Decides by a value's key whether the value is replaced. */
export class KeyRules {
  readonly #own: ReadonlySet<string>;
  readonly #rules: readonly MaskRuleName[];
  readonly #known = new Map<string, KeyVerdict | null>();
  /** Whether there is any key to look for. */
  readonly isEmpty: boolean;

  constructor(own: readonly string[], rules: readonly MaskRuleName[]) {
    this.#own = new Set(own.map(normalKey));
    this.#rules = rules.filter((rule) => NAMES[rule] !== undefined);
    this.isEmpty = this.#own.size === 0 && this.#rules.length === 0;
  }

  verdictOn(key: string): KeyVerdict | undefined {
    if (this.isEmpty || key.length > MAX_KEY_LENGTH) return undefined;
    let verdict = this.#known.get(key);
    if (verdict === undefined) {
      if (this.#known.size >= MAX_KNOWN_KEYS) this.#known.clear();
      verdict = this.#decide(key) ?? null;
      this.#known.set(key, verdict);
    }
    return verdict ?? undefined;
  }

  #decide(key: string): KeyVerdict | undefined {
    const last = normalKey(key.slice(key.lastIndexOf('.') + 1));
    const label = this.#labelOf(normalKey(key), last);
    return label === undefined ? undefined : { replacement: mark(label), isHeader: HEADERS.has(last) };
  }

  #labelOf(whole: string, last: string): string | undefined {
    if (this.#own.has(whole) || this.#own.has(last)) return 'key';
    const rule = this.#rules.find((name) => NAMES[name]?.has(whole) || NAMES[name]?.has(last));
    // "secrets" is the rule, and one of them a secret.
    if (rule !== undefined) return rule.slice(0, -1);
    const hasSecretEnding = SECRET_ENDINGS.test(whole) || TOKEN_ENDINGS.test(whole);
    return hasSecretEnding && this.#rules.includes('secrets') ? 'secret' : undefined;
  }
}

/** Letters and digits in small letters, without accents: `Mật_khẩu`, `mat-khau` and `MatKhau` are one. */
export function normalKey(key: string): string {
  const small = key.toLowerCase();
  const isAscii = /^[\0-\x7f]*$/.test(small);
  const plain = isAscii ? small : small.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
  return plain.replace(isAscii ? /[^a-z\d]/g : /[^\p{L}\p{N}]/gu, '');
}
