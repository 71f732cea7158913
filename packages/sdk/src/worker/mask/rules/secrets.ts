import {
  beginsWord,
  CODE,
  hasDigitWithin,
  isAlphanumeric,
  isDigit,
  isTokenCode,
  isUpperCase,
  tokenEnd,
} from '../characters.js';
import type { Detector, Match } from '../detector.js';
import { mark } from '../rewrite.js';

const MARK = mark('secret');

/** What the keys of known services begin with. The first part of each ends with the character that is the trigger. */
const PREFIXES =
  // OpenAI, Anthropic, OpenRouter and Langfuse; Langfuse's public key; GitHub; GitLab; Slack; Stripe
  (
    'sk- pk-lf- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xoxa- xoxb- xoxc- xoxd- xoxe- xoxp- xoxr- xoxs- xapp- ' +
    'sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ whsec_ ' +
    // Hugging Face, npm, PyPI, Groq, xAI, NVIDIA, Replicate, Perplexity, Tavily, Pinecone, LangSmith, Fireworks, E2B
    'hf_ npm_ pypi- gsk_ xai- nvapi- r8_ pplx- tvly- pcsk_ lsv2_ fw_ e2b_ ' +
    // DigitalOcean, Shopify, Linear, Notion, Supabase, PlanetScale, Sentry
    'dop_v1_ shpat_ shpss_ lin_api_ ntn_ sbp_ pscale_tkn_ sntrys_'
  ).split(' ');

const MIN_REST_LENGTH = 16;
const MAX_FIRST_PART_LENGTH = 8;

/** A key without a digit in its first characters is a name: `sk-spinner-rotating-plane`. */
const DIGIT_WITHIN = 64;

const BY_FIRST_PART = new Map<string, string[]>();
for (const prefix of PREFIXES) {
  const first = prefix.slice(0, prefix.search(/[-_]/) + 1);
  BY_FIRST_PART.set(first, [...(BY_FIRST_PART.get(first) ?? []), prefix]);
}

/** Keys of known services, by how they begin. */
const prefixedKeys: Detector = {
  triggers: '-_',
  detect(text, at, from) {
    let start = at;
    while (start > from && at - start < MAX_FIRST_PART_LENGTH && isAlphanumeric(text.charCodeAt(start - 1))) start--;
    const prefixes = start === at ? undefined : BY_FIRST_PART.get(text.slice(start, at + 1));
    const prefix = prefixes?.find((candidate) => text.startsWith(candidate, start));
    if (prefix === undefined || !beginsWord(text, start)) return undefined;
    return longToken(text, start, start + prefix.length);
  },
};

/** From `start` to the end of the token that goes on at `at`, if that is long and has a digit near its beginning. */
function longToken(text: string, start: number, at: number): Match | undefined {
  for (let index = at; index < at + MIN_REST_LENGTH; index++) {
    if (!isTokenCode(text.charCodeAt(index))) return undefined;
  }
  if (!hasDigitWithin(text, at, DIGIT_WITHIN)) return undefined;
  return { start, end: tokenEnd(text, at), replacement: MARK };
}

const DOTTED_PREFIXES = ['ya29', 'SG', 'hvs'];

/** Google's OAuth tokens, SendGrid's and Vault's keys: `ya29.…`, `SG.….…`, `hvs.…`. */
const dottedKeys: Detector = {
  triggers: '.',
  detect(text, at, from) {
    const last = text.charCodeAt(at - 1);
    // 9, G, s: most dots follow another character.
    if (last !== 57 && last !== 71 && last !== 115) return undefined;
    const prefix = DOTTED_PREFIXES.find((candidate) => text.startsWith(candidate, at - candidate.length));
    const start = at - (prefix ?? '').length;
    if (prefix === undefined || start < from || !beginsWord(text, start)) return undefined;
    const match = longToken(text, start, at + 1);
    if (match === undefined || text.charCodeAt(match.end) !== CODE.DOT) return match;
    return { ...match, end: tokenEnd(text, match.end + 1) };
  },
};

const AWS_LENGTH = 20;
const GOOGLE_LENGTH = 39;

/** AWS access key ids (`AKIA…`, `ASIA…`) and Google API keys (`AIza…`). */
const cloudKeys: Detector = {
  triggers: 'A',
  detect(text, at, from) {
    if (at < from || !beginsWord(text, at)) return undefined;
    if (text.startsWith('AIza', at)) {
      const end = tokenEnd(text, at);
      return end - at >= GOOGLE_LENGTH ? { start: at, end, replacement: MARK } : undefined;
    }
    if (!text.startsWith('AKIA', at) && !text.startsWith('ASIA', at)) return undefined;
    let end = at;
    while (isUpperCase(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end++;
    const hasEnd = !isAlphanumeric(text.charCodeAt(end));
    return hasEnd && end - at === AWS_LENGTH ? { start: at, end, replacement: MARK } : undefined;
  },
};

const MIN_JWT_PART_LENGTH = 8;
const MAX_JWT_PARTS = 5;

/** JSON web tokens: `eyJ…` and up to four further parts. */
const webTokens: Detector = {
  triggers: 'J',
  detect(text, at, from) {
    const start = at - 2;
    // No token character before, so that each run of them is measured once.
    if (start < from || !text.startsWith('ey', start) || isTokenCode(text.charCodeAt(start - 1))) return undefined;
    let end = tokenEnd(text, at);
    if (end - start < MIN_JWT_PART_LENGTH || text.charCodeAt(end) !== CODE.DOT) return undefined;
    for (let parts = 1; parts < MAX_JWT_PARTS && text.charCodeAt(end) === CODE.DOT; parts++) {
      const next = tokenEnd(text, end + 1);
      if (parts === 1 && next - end <= MIN_JWT_PART_LENGTH) return undefined;
      end = next;
    }
    return { start, end, replacement: MARK };
  },
};

const MAX_SPACES = 8;
const MIN_CREDENTIAL_LENGTH = 8;

/** A bearer token may lack digits if it is this long. */
const SURE_LENGTH = 20;

/** `Bearer …` and `Basic …`, as in an Authorization header. */
const authorizations: Detector = {
  triggers: 'Bb',
  detect(text, at, from) {
    // E, e, A, a: most words with a B go on in another way.
    const second = text.charCodeAt(at + 1) | 32;
    if ((second !== 101 && second !== 97) || at < from || !beginsWord(text, at)) return undefined;
    const scheme = text.slice(at, at + 6).toLowerCase();
    if (scheme !== 'bearer' && !scheme.startsWith('basic')) return undefined;
    const afterScheme = at + (scheme === 'bearer' ? 6 : 5);
    let start = afterScheme;
    while (text.charCodeAt(start) === CODE.SPACE && start - afterScheme <= MAX_SPACES) start++;
    if (start === afterScheme) return undefined;
    const isCredential = scheme === 'bearer' ? isBearerToken(text, start) : isBasicCredential(text, start);
    if (!isCredential) return undefined;
    let end = start;
    while (isCredentialCode(text.charCodeAt(end))) end++;
    return { start, end, replacement: MARK };
  },
};

function isBearerToken(text: string, start: number): boolean {
  const head = credentialHead(text, start, SURE_LENGTH);
  return head.length === SURE_LENGTH || (head.length >= MIN_CREDENTIAL_LENGTH && /\d/.test(head));
}

/** Base64 of `name:password`; "basic instructions" is not. */
function isBasicCredential(text: string, start: number): boolean {
  const head = credentialHead(text, start, 256);
  return head.length >= MIN_CREDENTIAL_LENGTH && /^[\x20-\x7e]*:/.test(Buffer.from(head, 'base64').toString('latin1'));
}

function credentialHead(text: string, start: number, maxLength: number): string {
  let end = start;
  while (end - start < maxLength && isCredentialCode(text.charCodeAt(end))) end++;
  return text.slice(start, end);
}

/** `token68` of RFC 9110. */
function isCredentialCode(code: number): boolean {
  return (
    isTokenCode(code) ||
    code === CODE.DOT ||
    code === CODE.SLASH ||
    code === CODE.PLUS ||
    code === CODE.EQUALS ||
    code === 126
  );
}

const PEM_BEGIN = '-----BEGIN ';
const PEM_END = '-----END ';
const MAX_PEM_LABEL_LENGTH = 48;

/** Private keys in PEM form; one whose end was cut off goes to the end of the text. */
const privateKeys: Detector = {
  triggers: '-',
  detect(text, at, from) {
    if (at < from || !text.startsWith(PEM_BEGIN, at)) return undefined;
    const label = text.slice(at + PEM_BEGIN.length, at + PEM_BEGIN.length + MAX_PEM_LABEL_LENGTH);
    if (!/^[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/.test(label)) return undefined;
    const endLine = text.indexOf(PEM_END, at);
    const close = endLine < 0 ? -1 : text.indexOf('-----', endLine + PEM_END.length);
    return { start: at, end: close < 0 ? text.length : close + 5, replacement: MARK };
  },
};

/** How far user information in an address is looked for. */
const MAX_USER_INFO_LENGTH = 512;

/** A name alone (`git@`) is none, but this much of it is a token. */
const MIN_USER_TOKEN_LENGTH = 20;

/** `user:password` in an address, and a token in the place of the user. */
const addressCredentials: Detector = {
  triggers: ':',
  detect(text, at) {
    if (!text.startsWith('//', at + 1)) return undefined;
    const start = at + 3;
    let end = -1;
    for (let index = start; index < start + MAX_USER_INFO_LENGTH && isAuthorityCode(text.charCodeAt(index)); index++) {
      if (text.charCodeAt(index) === CODE.AT) end = index;
    }
    if (end <= start) return undefined;
    const hasPassword = text.slice(start, end).includes(':');
    return hasPassword || end - start >= MIN_USER_TOKEN_LENGTH ? { start, end, replacement: MARK } : undefined;
  },
};

/** Up to a slash, `?`, `#`, quote, angle bracket, backslash, white space, or the end. */
function isAuthorityCode(code: number): boolean {
  const isEnd = code === 47 || code === 63 || code === 35 || code === 34 || code === 39 || code === 60 || code === 62;
  return code > CODE.SPACE && !isEnd && code !== CODE.BACKSLASH && code !== CODE.BACKTICK;
}

/** Everything that is a secret by its form alone. Those that are secret by their key: `keys.ts`. */
export const secrets: readonly Detector[] = [
  privateKeys,
  prefixedKeys,
  dottedKeys,
  cloudKeys,
  webTokens,
  authorizations,
  addressCredentials,
];
