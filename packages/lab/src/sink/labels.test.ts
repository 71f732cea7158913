import { expect, test } from 'vitest';
import { visitLabels } from './labels.js';

function labels(body: Buffer): string[] {
  const found: string[] = [];
  visitLabels(body, (key) => found.push(key));
  return found;
}

test('labels are found by their keys in JSON and in protobuf, and nothing else is', () => {
  const keys = ['langfuse.observation.metadata.next_action', 'user.id', 'langfuse.observation.type', 'session.id'];
  const json = JSON.stringify({ attributes: keys.map((key) => ({ key, value: { stringValue: 'x' } })) });
  const protobuf = Buffer.concat(
    keys.map((key) => Buffer.concat([Buffer.from([0x0a, key.length]), Buffer.from(`${key}\x12`)])),
  );
  const expected = ['langfuse.observation.metadata.next_action', 'user.id', 'session.id'];
  expect(labels(Buffer.from(json))).toEqual(expected);
  expect(labels(protobuf)).toEqual(expected);
  expect(labels(Buffer.from('langfuse.observation.input'))).toEqual([]);
});
