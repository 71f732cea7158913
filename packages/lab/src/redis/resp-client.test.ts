import { expect, test } from 'vitest';
import { createAnswerBuffer, type RespValue } from './resp-client.js';

const BYTES = 'a\r\nb';
const ANSWERS = `+OK\r\n:12\r\n$-1\r\n*2\r\n$4\r\n${BYTES}\r\n*1\r\n:3\r\n*0\r\n`;
const VALUES: readonly RespValue[] = [Buffer.from('OK'), 12, null, [Buffer.from(BYTES), [3]], []];

test('answers are read wherever the socket cuts them', () => {
  const whole = Buffer.from(ANSWERS);
  for (let size = 1; size <= whole.length; size++) {
    const values: RespValue[] = [];
    const take = createAnswerBuffer((value) => values.push(value));
    for (let at = 0; at < whole.length; at += size) take(whole.subarray(at, at + size));
    expect(values, `pieces of ${size}`).toEqual(VALUES);
  }
});

test('a refusal and what is no answer are errors', () => {
  expect(() => createAnswerBuffer(() => undefined)(Buffer.from('-NOAUTH Authentication required.\r\n'))).toThrow(
    'NOAUTH',
  );
  expect(() => createAnswerBuffer(() => undefined)(Buffer.from('HTTP/1.1 400\r\n'))).toThrow('not an answer');
});
