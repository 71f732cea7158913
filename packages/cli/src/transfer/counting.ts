import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { escapeInJson } from '../terminal/plain-text.js';

const LINE_FEED = 10;

/** What has passed so far. */
export interface Passed {
  bytes: number;
  /** Line feeds. */
  lines: number;
}

/** Lets everything through and counts it. */
export function countingPass(onPass: (passed: Readonly<Passed>) => void): Transform {
  const passed: Passed = { bytes: 0, lines: 0 };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed.bytes += chunk.byteLength;
      for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) passed.lines += 1;
      onPass(passed);
      done(null, chunk);
    },
  });
}

/** JSON lines for a screen: the same values, without a character that a terminal would act on. */
export function screenPass(): Transform {
  const decoder = new StringDecoder('utf8');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, escapeInJson(decoder.write(chunk)));
    },
    flush(done) {
      done(null, escapeInJson(decoder.end()));
    },
  });
}
