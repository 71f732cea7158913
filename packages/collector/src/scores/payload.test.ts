import { describe, expect, it } from 'vitest';
import { decodeScores, encodeScores, findScoreProblem, holdsScores, type ScoreEntry } from './payload.js';

const SCORE: ScoreEntry = {
  id: 's-1',
  traceId: 'a'.repeat(32),
  observationId: 'b'.repeat(16),
  sessionId: '',
  name: 'thumb',
  dataType: 'NUMERIC',
  value: 0.5,
  text: undefined,
  comment: 'tốt',
  metadata: { by: 'a person' },
  environment: undefined,
  timeUs: 1_790_000_000_000_000,
};

const decode = (value: unknown) => decodeScores(Buffer.from(JSON.stringify(value)));
const decodeOne = (fields: Readonly<Record<string, unknown>>) => decode({ scores: [{ ...SCORE, ...fields }] });
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

describe('scores as an entry of the queue', () => {
  it('come out as they went in', () => {
    const judged: ScoreEntry = { ...SCORE, dataType: 'CATEGORICAL', value: undefined, text: 'good', environment: 'e' };
    const payload = encodeScores([SCORE, judged]);
    expect([holdsScores(payload), decodeScores(payload)]).toEqual([true, [SCORE, judged]]);
    expect(decodeScores(encodeScores([]))).toEqual([]);
  });

  it('may be part of a larger buffer', () => {
    const payload = encodeScores([SCORE]);
    const whole = Buffer.concat([Buffer.from('{"x'), payload, Buffer.from('}}')]);
    expect(decodeScores(whole.subarray(3, 3 + payload.byteLength))).toEqual([SCORE]);
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"scores":[{"id":"x"'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no list', '{"scores":{"length":1,"0":{}}}'],
    ['a list of something else', '{"scores":[1,"two",null]}'],
    ['a length that is none', '{"scores":{"length":{"__proto__":null,"valueOf":1}}}'],
    ['a number past all numbers', JSON.stringify({ scores: [SCORE] }).replace('0.5', '1e999')],
    ['text that is an object with a length', JSON.stringify({ scores: [{ ...SCORE, name: { length: 3 } }] })],
    ['JSON nested without end', `{"scores":${'['.repeat(100_000)}`],
  ])('are not read from %s', (_name, text) => {
    expect(decodeScores(Buffer.from(text))).toBeUndefined();
  });

  it.each([
    ['no id', { id: '' }],
    ['an id that is a number', { id: 7 }],
    ['a trace id of something else', { traceId: "x' OR 1=1" }],
    ['a trace id in capitals', { traceId: 'A'.repeat(32) }],
    ['an observation id that is too short', { observationId: 'b'.repeat(15) }],
    ['a type that does not exist', { dataType: 'ANY' }],
    ['a value that is text', { value: '1' }],
    ['a value that is null', { value: null }],
    ['metadata with a number', { metadata: { a: 1 } }],
    ['metadata that is a list', { metadata: ['a'] }],
    ['no metadata', { metadata: undefined }],
    ['a time before time', { timeUs: -1 }],
    ['a time that is no whole number', { timeUs: 1.5 }],
    ['a time past every date', { timeUs: 2 ** 60 }],
  ])('are refused whole for one with %s', (_name, fields) => {
    expect(decodeOne(fields)).toBeUndefined();
    expect(decode({ scores: [SCORE, { ...SCORE, ...fields }] })).toBeUndefined();
  });

  it.each([
    ['id', 1000],
    ['sessionId', 1000],
    ['name', 1000],
    ['environment', 1000],
    ['text', 16 * 1024 * 1024],
    ['comment', 16 * 1024 * 1024],
  ])('have a %s of at most %d characters', (field, limit) => {
    expect(decodeOne({ [field]: 'x'.repeat(limit) })).toHaveLength(1);
    expect(decodeOne({ [field]: 'x'.repeat(limit + 1) })).toBeUndefined();
  });

  it('have at most 1,000 keys of metadata, each of at most 1,000 characters', () => {
    expect(decodeOne({ metadata: keys(1000) })).toHaveLength(1);
    expect(decodeOne({ metadata: keys(1001) })).toBeUndefined();
    expect(decodeOne({ metadata: { ['k'.repeat(1000)]: 'v' } })).toHaveLength(1);
    expect(decodeOne({ metadata: { ['k'.repeat(1001)]: 'v' } })).toBeUndefined();
  });

  it('are at most 10,000 in one entry', () => {
    const many = (length: number) => decode({ scores: Array.from({ length }, () => SCORE) });
    expect(many(10_000)).toHaveLength(10_000);
    expect(many(10_001)).toBeUndefined();
  });

  it('lose fields that no score has, and half characters', () => {
    const [score] = decodeOne({ isAdmin: true, name: 'a\ud800b', metadata: { 'k\udc00': '\ud83d' } }) ?? [];
    expect(score).toEqual({ ...SCORE, name: 'a\ufffdb', metadata: { 'k\ufffd': '\ufffd' } });
  });

  it('change nothing but themselves, whatever their keys are called', () => {
    const text = JSON.stringify({ scores: [SCORE] }).replace('"by"', '"__proto__"');
    expect(decodeScores(Buffer.from(text))?.[0]?.metadata).not.toHaveProperty('polluted');
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('can be checked before they become an entry, without being repeated', () => {
    expect(findScoreProblem(SCORE)).toBeUndefined();
    const problem = findScoreProblem({ ...SCORE, metadata: { secret: 7 as unknown as string } });
    expect(problem).toMatch(/^metadata\.secret: /);
    expect(findScoreProblem({ ...SCORE, name: 'x'.repeat(1001) })).toMatch(/^name: /);
  });
});
