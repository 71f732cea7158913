import { appendFileSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Sink, startSink } from './server.js';
import { LINE_HEAD_BYTES, openSpanLog, spanLogPath } from './span-log.js';

let sink: Sink;
let path = '';
beforeEach(async () => {
  sink = await startSink();
  path = spanLogPath(sink.url);
});
afterEach(() => sink.close());

/** As pino writes it: its own fields, the arm's fields, the text of the application. */
const line = (spanId: string, input: unknown = 'x'): string =>
  `{"level":30,"time":1795410107770,"pid":7,"hostname":"vm","spanId":"${spanId}","input":${JSON.stringify(input)},"msg":"leaf"}\n`;

test('each line of the file is a span, counted once, and its bytes are counted', () => {
  const text = line('01') + line('02') + line('02');
  writeFileSync(path, text);
  expect(sink.counts()).toMatchObject({
    distinctSpans: 2,
    spans: 3,
    requests: 0,
    malformed: 0,
    bodyBytes: text.length,
  });
  expect(sink.counts().spans).toBe(3);
});

test('captured text is not taken for a span, whatever it says', () => {
  writeFileSync(path, line('01', { spanId: 'no', text: '\n"spanId":"no"' }));
  expect(sink.counts()).toMatchObject({ distinctSpans: 1, spans: 1, malformed: 0 });
});

test('a line counts when it is whole', () => {
  const whole = line('01');
  writeFileSync(path, whole.slice(0, 60));
  expect(sink.counts().spans).toBe(0);
  appendFileSync(path, whole.slice(60));
  expect(sink.counts()).toMatchObject({ distinctSpans: 1, malformed: 0 });
});

test('long lines and many of them are counted in pieces', () => {
  const text = 'y'.repeat(300_000);
  writeFileSync(path, Array.from({ length: 12 }, (_, index) => line(`${index}`, text)).join(''));
  expect(sink.counts()).toMatchObject({ distinctSpans: 12, malformed: 0 });
});

test('an id that ends with the looked-at part of a line is found, and none behind it', () => {
  const padded = (idEnd: number): string => {
    const rest = '"spanId":"01"';
    return `{"hostname":"${'h'.repeat(idEnd - rest.length - '{"hostname":"",'.length)}",${rest}}\n`;
  };
  writeFileSync(path, padded(LINE_HEAD_BYTES));
  expect(sink.counts()).toMatchObject({ spans: 1, malformed: 0 });
  appendFileSync(path, padded(LINE_HEAD_BYTES + 1));
  expect(sink.counts()).toMatchObject({ spans: 1, malformed: 1 });
});

test('a line without an id is malformed, and the others count', () => {
  writeFileSync(path, `{"level":30,"msg":"started"}\n${line('01')}`);
  expect(sink.counts()).toMatchObject({ distinctSpans: 1, malformed: 1 });
});

test('a reset empties the file under a writer that appends', () => {
  writeFileSync(path, line('01') + line('02').slice(0, 30));
  sink.counts();
  sink.reset();
  expect(statSync(path).size).toBe(0);
  appendFileSync(path, line('03'));
  expect(sink.counts()).toMatchObject({ distinctSpans: 1, malformed: 0 });
});

test('the folder goes with the sink, and what another one left is not taken over', async () => {
  const folder = dirname(path);
  await sink.close();
  expect(existsSync(folder)).toBe(false);
  mkdirSync(folder);
  writeFileSync(path, line('01'));
  const log = openSpanLog(sink.url);
  expect(existsSync(path)).toBe(false);
  log.remove();
  expect(existsSync(folder)).toBe(false);
});

test.skipIf(process.platform === 'win32')('a folder that somebody prepared is replaced, not entered', async () => {
  const elsewhere = join(tmpdir(), `lab-span-log-${process.pid}`);
  const folder = dirname(path);
  await sink.close();
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, folder);
  const log = openSpanLog(sink.url);
  writeFileSync(path, line('01'));
  expect(existsSync(join(elsewhere, 'spans.log'))).toBe(false);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  log.remove();
  rmSync(elsewhere, { recursive: true });
});
