import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceMedia } from './media.js';

/** Bytes without a pattern, the same in every run. */
function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

function described(type: string, bytes: Buffer): string {
  return `[${type} ${bytes.length} bytes sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}]`;
}

const MEDIA = bytesOf(4_000);
const BASE64 = MEDIA.toString('base64');

describe('base64 media', () => {
  it('is replaced by its type, size and digest, whatever its length is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 768, max: 5_000 }),
        fc.integer(),
        withPadding,
        (length, seed, { before, after }) => {
          const bytes = bytesOf(length, seed);
          expect(replaceMedia(before + bytes.toString('base64') + after)).toBe(
            before + described('base64', bytes) + after,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is found wherever it stands, several times in one text', () => {
    const parts = Array.from({ length: 40 }, (_, index) => bytesOf(900 + index * 37, index));
    const text = (form: (bytes: Buffer) => string) => parts.map((bytes) => `ảnh "${form(bytes)}",`).join('\n');
    expect(replaceMedia(text((bytes) => bytes.toString('base64')))).toBe(text((bytes) => described('base64', bytes)));
  });

  it('in the alphabet for URLs is the same', () => {
    expect(replaceMedia(`{"data":"${MEDIA.toString('base64url')}"}`)).toBe(`{"data":"${described('base64', MEDIA)}"}`);
  });

  it('with escaped slashes is the same', () => {
    const escaped = `{"url":"data:image\\/png;base64,${BASE64.replaceAll('/', '\\/')}"}`;
    expect(replaceMedia(escaped)).toBe(`{"url":"${described('image/png', MEDIA)}"}`);
  });

  it('inside JSON inside JSON is the same', () => {
    const wrap = (data: string) => JSON.stringify({ arguments: JSON.stringify({ data }) });
    expect(replaceMedia(wrap(`data:audio/mpeg;base64,${BASE64}`))).toBe(wrap(described('audio/mpeg', MEDIA)));
  });

  it.each([
    ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['image/jpeg', [0xff, 0xd8, 0xff, 0xe0]],
    ['image/gif', [...Buffer.from('GIF89a')]],
    ['image/webp', [...Buffer.from('RIFF\0\0\0\0WEBPVP8 ')]],
    ['audio/wav', [...Buffer.from('RIFF\0\0\0\0WAVEfmt ')]],
    ['audio/mpeg', [...Buffer.from('ID3')]],
    ['audio/ogg', [...Buffer.from('OggS')]],
    ['video/mp4', [0, 0, 0, 24, ...Buffer.from('ftypisom')]],
    ['application/pdf', [...Buffer.from('%PDF-1.7')]],
  ])('is known as %s by its first bytes', (type, beginning) => {
    const bytes = Buffer.concat([Buffer.from(beginning), MEDIA]);
    expect(replaceMedia(`{"b64_json":"${bytes.toString('base64')}"}`)).toBe(`{"b64_json":"${described(type, bytes)}"}`);
  });

  it('takes its type from its own object, and from no other', () => {
    const other = bytesOf(2_000, 7);
    const text = (first: string, second: string) =>
      JSON.stringify([
        { inlineData: { mimeType: 'image/heic', data: first } },
        { data: second },
        { mimeType: 'image/png' },
        { source: { type: 'base64', data: first, media_type: 'image/avif' } },
      ]);
    const [heic, unknown, avif] = [
      described('image/heic', MEDIA),
      described('base64', other),
      described('image/avif', MEDIA),
    ];
    expect(replaceMedia(text(BASE64, other.toString('base64')))).toBe(
      text('1st', unknown).replace('1st', heic).replace('1st', avif),
    );
  });

  it('takes the type of a data URL with parameters, and of one without', () => {
    expect(replaceMedia(`data:audio/wav;codecs=1;base64,${BASE64}`)).toBe(described('audio/wav', MEDIA));
    expect(replaceMedia(`data:;base64,${BASE64}`)).toBe(described('text/plain', MEDIA));
  });

  it('that was cut says so, and has no digest', () => {
    const cut = BASE64.slice(0, 2_000);
    expect(replaceMedia(`x data:image/png;base64,${cut}…[+99 characters]`)).toBe(
      'x [image/png at least 1500 bytes]…[+99 characters]',
    );
    expect(replaceMedia(`{"data":"${cut}…[+99 characters]"}`)).toBe(
      '{"data":"[base64 at least 1500 bytes]…[+99 characters]"}',
    );
  });
});

/** What may stand around it. */
const withPadding = fc.record({
  before: fc.string({ unit: fc.constantFrom(...'abc ẹ".,:\n'), maxLength: 700 }).map((text) => `${text} `),
  after: fc.string({ unit: fc.constantFrom(...'abc ẹ".,:\n'), maxLength: 700 }).map((text) => `"${text}`),
});

describe('what is left alone', () => {
  it.each([
    ['one letter again and again', 'a'.repeat(20_000)],
    ['a long word', 'xinchao'.repeat(3_000)],
    ['hexadecimal digits', createHash('sha512').update('x').digest('hex').repeat(100)],
    ['capital hexadecimal digits', 'DEADBEEF01234567'.repeat(500)],
    ['digits', '0123456789'.repeat(500)],
    ['base64 below the bound', bytesOf(767).toString('base64').slice(0, 1_023)],
    ['a small data URL', `data:image/gif;base64,${BASE64.slice(0, 255)}`],
    ['lines of base64', BASE64.replace(/.{76}/g, '$&\n')],
    ['a list of links', 'https://example.com/A1/b?c=d&e=f#g '.repeat(500)],
    ['a path', `/Volumes/Data1/${'some.folder/'.repeat(200)}`],
    ['Vietnamese text', 'Chào bạn, hôm nay chúng ta học từ mới. '.repeat(500)],
    ['server-sent events', 'data: {"choices":[{"delta":{"content":"Xin chào 1"}}]}\n\n'.repeat(2_000)],
    ['nothing', ''],
  ])('%s', (_what, text) => {
    expect(replaceMedia(text)).toBe(text);
  });

  it('is any text without long runs', () => {
    const words = fc.string({ unit: fc.constantFrom(...'aB1/+=-_ ế"\\\n;:,'), maxLength: 3_000 });
    fc.assert(
      fc.property(words, (text) => void expect(replaceMedia(text)).toBe(text)),
      { numRuns: 200 },
    );
  });
});
