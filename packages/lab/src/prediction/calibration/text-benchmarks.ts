import { createPayload } from '../../sample/payload.js';
import type { Charset, TextConstant, TextSize } from '../constants.js';
import type { Benchmark } from './benchmark.js';
import { ByteWriter, utf8LengthByLoop } from './byte-writer.js';
import type { ReadMemory } from './read-memory.js';

/** What one set of benchmarks works on. */
export interface TextKind {
  readonly size: TextSize;
  readonly charset: Charset;
}

/** Every size with every charset. */
export const TEXT_KINDS: readonly TextKind[] = [
  { size: 'short', charset: 'oneByte' },
  { size: 'short', charset: 'twoByte' },
  { size: 'long', charset: 'oneByte' },
  { size: 'long', charset: 'twoByte' },
];

const KICHAR = 1_024;
/** Four messages a span in a cycle of 70 spans, and a trace of 7 spans with 100 KB each. */
const BURST: Readonly<Record<TextSize, number>> = { short: 280, long: 7 };
/** Memory that was written before: what fresh memory costs is a constant of its own. */
const WRITER_BYTES = 512 * 1024;
/** Of the memory that another thread reads. */
export const SHARED_BYTES: number = 4 * 1024 * 1024;

/** The calls of every Node `Buffer` that its types leave out. */
interface FastBuffer extends Buffer {
  latin1Write(text: string, offset: number): number;
  ucs2Write(text: string, offset: number): number;
}

/** What is done with text, on texts of one kind that change from call to call. */
export function textBenchmarks(
  { size, charset }: TextKind,
  seed: number,
  memory: ReadMemory,
): Benchmark<TextConstant>[] {
  const texts = textsOf({ size, charset }, seed);
  const quoted = texts.map((text) => JSON.stringify(inMessages(text)));
  const kichars = (texts[0]?.length ?? 0) / KICHAR;
  const quotedKichars = (quoted[0]?.length ?? 0) / KICHAR;
  const shared = memory.bytes as FastBuffer;
  const writer = new ByteWriter(WRITER_BYTES);
  const encoder = new TextEncoder();
  const kept: unknown[] = new Array(texts.length).fill(undefined);
  const bytesPerUnit = charset === 'oneByte' ? 1 : 2;
  let at = 0;
  const write = (text: string): unknown => {
    const start = at;
    at = start > SHARED_BYTES / 2 ? 0 : start + text.length * bytesPerUnit;
    return charset === 'oneByte' ? shared.latin1Write(text, start) : shared.ucs2Write(text, start);
  };
  const over = (source: readonly string[], per: number, work: (text: string) => unknown) => ({
    burst: BURST[size],
    per,
    run: (times: number): void => {
      for (let index = 0; index < times; index++) {
        kept[index % kept.length] = work(source[index % source.length] ?? '');
      }
    },
  });
  return [
    {
      name: 'copyNsPerKichar',
      ...over(texts, kichars, write),
      after: () => {
        memory.letRead(at);
        at = 0;
      },
    },
    { name: 'jsonNsPerKichar', ...over(texts, kichars, (text) => JSON.stringify(text)) },
    { name: 'jsonAgainNsPerKichar', ...over(quoted, quotedKichars, (text) => JSON.stringify(text)) },
    { name: 'parseNsPerKichar', ...over(quoted, quotedKichars, (text) => JSON.parse(text)) },
    { name: 'measureNsPerKichar', ...over(texts, kichars, utf8LengthByLoop) },
    { name: 'loopEncodeNsPerKichar', ...over(texts, kichars, (text) => writer.text(text)) },
    { name: 'nativeEncodeNsPerKichar', ...over(texts, kichars, (text) => encoder.encode(text)) },
    { name: 'matchNsPerKichar', ...over(texts, kichars, (text) => text.match(/data:[^;]+;base64,[A-Za-z0-9+/]+=*/g)) },
    { name: 'maskNsPerKichar', ...over(texts, kichars, (text) => text.replace(E_MAIL, '[e-mail]')) },
  ];
}

const E_MAIL = /\b[\w.+-]{1,64}@[\w-]+\.[\w.]+/g;
const VARIANTS = 16;
const MESSAGE_LENGTH = 512;

/** The texts of the lab's own payloads. */
function textsOf({ size, charset }: TextKind, seed: number): string[] {
  if (size === 'long') {
    const { nextInput } = createPayload(charset === 'oneByte' ? '100kb-string' : '100kb-string-vietnamese', seed);
    return Array.from({ length: 4 }, () => String(nextInput()));
  }
  const { nextOutput } = createPayload(charset === 'oneByte' ? '4kb' : '4kb-vietnamese', seed);
  return Array.from({ length: VARIANTS }, () => String(nextOutput()));
}

/** As a conversation: enough quotes that escaping them is felt. */
function inMessages(text: string): unknown {
  const messages: unknown[] = [];
  for (let start = 0; start < text.length; start += MESSAGE_LENGTH) {
    messages.push({ role: 'user', content: text.slice(start, start + MESSAGE_LENGTH) });
  }
  return messages;
}
