import { builtin } from '../../runtime.js';
import { Rewrite } from './rewrite.js';

/**
 * Of the base64 in a data URL: a shorter one is an icon. It is also the distance between the places that are looked
 * at in a text, since no run of this length can lie between two of them.
 */
export const MIN_MEDIA_LENGTH = 256;

/** Without white space this is no prose, and longer than ids, hashes, keys and signatures are. */
const MIN_RUN_LENGTH = 1024;

/** What stands before its content: a type, parameters. */
const DATA_URL = /data:([\w.+/\\-]{0,80})(?:;[\w.+=-]{1,80}){0,4};base64,$/;
const MAX_TYPE_LENGTH = 128;

/** What the copier puts after a text that it cut. */
const CUT_MARK = '…[+';

/** How far around bare base64 its type is looked for. */
const TYPE_DISTANCE = 256;

const DIGEST_DIGITS = 16;

/** The standard alphabet and the one for URLs. */
const IS_BASE64 = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') {
  IS_BASE64[character.charCodeAt(0)] = 1;
}
const EQUALS = 61;
const BACKSLASH = 92;
const SLASH = 47;

/**
 * Replaces base64 media by its type, size and digest: `[image/png 48213 bytes sha256:0123456789abcdef]`. It works on
 * text and on JSON text alike, since neither base64 nor what replaces it holds anything that JSON escapes.
 * Linear; of a text without long words it reads few characters.
 */
export function replaceMedia(text: string): string {
  let rewrite: Rewrite | undefined;
  for (let at = MIN_MEDIA_LENGTH - 1; at < text.length; at += MIN_MEDIA_LENGTH) {
    if (!isBase64Code(text.charCodeAt(at))) continue;
    const from = rewrite?.position ?? 0;
    let start = at;
    while (start > from && (isBase64Code(text.charCodeAt(start - 1)) || isEscapedSlash(text, start - 1))) start--;
    const end = runEnd(text, at);
    const media = end - start < MIN_MEDIA_LENGTH ? undefined : mediaAt(text, { start, end }, from);
    if (media !== undefined) {
      rewrite ??= new Rewrite(text);
      rewrite.replace(media.start, end, media.replacement);
    }
    // The next look is at a place of which nothing was seen yet.
    at = Math.max(at, end - 1);
  }
  return rewrite?.finish() ?? text;
}

interface Run {
  readonly start: number;
  readonly end: number;
}

/** What a long run of base64 characters is, and where the part begins that is replaced with it. */
function mediaAt(text: string, run: Run, from: number): { start: number; replacement: string } | undefined {
  const head = text.slice(Math.max(from, run.start - MAX_TYPE_LENGTH), run.start);
  const url = DATA_URL.exec(head);
  if (url !== null) {
    const type = url[1]?.replaceAll('\\', '') || 'text/plain';
    return { start: run.start - url[0].length, replacement: describe(text, run, type) };
  }
  if (!looksLikeBase64(text, run)) return undefined;
  const type = typeByContent(text.slice(run.start, run.start + 24)) ?? typeByNeighbours(text, run) ?? 'base64';
  return { start: run.start, replacement: describe(text, run, type) };
}

function isBase64Code(code: number): boolean {
  return code < 128 && IS_BASE64[code] === 1;
}

/** Some writers of JSON escape every slash. */
function isEscapedSlash(text: string, at: number): boolean {
  return text.charCodeAt(at) === BACKSLASH && text.charCodeAt(at + 1) === SLASH;
}

/** After the last character of base64 that begins at `at`, padding included. */
function runEnd(text: string, at: number): number {
  let end = at;
  for (;;) {
    const code = text.charCodeAt(end);
    if (isBase64Code(code)) end++;
    else if (isEscapedSlash(text, end)) end += 2;
    else break;
  }
  for (let padding = 0; padding < 2 && text.charCodeAt(end) === EQUALS; padding++) end++;
  return end;
}

/** Long, and with capital letters, small letters and digits soon: neither hexadecimal nor one letter again and again. */
function looksLikeBase64(text: string, { start, end }: Run): boolean {
  if (end - start < MIN_RUN_LENGTH) return false;
  const head = text.slice(start, start + MIN_RUN_LENGTH);
  return /[A-Z]/.test(head) && /[a-z]/.test(head) && /\d/.test(head);
}

function describe(text: string, { start, end }: Run, type: string): string {
  const base64 = text.slice(start, end).replaceAll('\\', '');
  const bytes = Buffer.from(base64, 'base64');
  if (text.startsWith(CUT_MARK, end)) return `[${type} at least ${bytes.length} bytes]`;
  const digest = builtin('node:crypto')?.createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_DIGITS);
  return `[${type} ${bytes.length} bytes${digest === undefined ? '' : ` sha256:${digest}`}]`;
}

/** First bytes of files, in base64. */
const TYPES: readonly (readonly [beginning: string, type: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['_9j_', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['JVBERi', 'application/pdf'],
  ['SUQz', 'audio/mpeg'],
  ['T2dnU', 'audio/ogg'],
  ['ZkxhQ', 'audio/flac'],
  ['GkXfo', 'video/webm'],
  ['UEsDB', 'application/zip'],
];

function typeByContent(head: string): string | undefined {
  const known = TYPES.find(([beginning]) => head.startsWith(beginning));
  if (known !== undefined) return known[1];
  const bytes = Buffer.from(head, 'base64').toString('latin1');
  if (bytes.startsWith('RIFF')) return { WAVE: 'audio/wav', WEBP: 'image/webp' }[bytes.slice(8, 12)];
  return bytes.slice(4, 8) === 'ftyp' ? 'video/mp4' : undefined;
}

const TYPE_FIELD = /(?:media_?type|mime_?type|format)\\*"\s{0,4}:\s{0,4}\\*"([\w.+/-]{1,64})/gi;

/** What the object says in which it stands: `media_type`, `mimeType`, or the `format` of audio. */
function typeByNeighbours(text: string, { start, end }: Run): string | undefined {
  const before = text.slice(Math.max(0, start - TYPE_DISTANCE), start);
  const after = text.slice(end, end + TYPE_DISTANCE);
  const inObject = before.slice(Math.max(before.lastIndexOf('{'), before.lastIndexOf('}')) + 1);
  const untilEnd = after.slice(0, /[{}]|$/.exec(after)?.index);
  const type = [...`${inObject}\n${untilEnd}`.matchAll(TYPE_FIELD)].at(-1)?.[1];
  return type === undefined || type.includes('/') ? type : `audio/${type}`;
}
