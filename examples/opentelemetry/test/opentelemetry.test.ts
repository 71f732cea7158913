import { configure, getClient } from '@slipstream/sdk';
import { register } from '@slipstream/sdk/otel';
import { createOtlpSink, type FaultyServer } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDictionary } from '../src/dictionary.js';
import { runTour } from '../src/tour.js';

type Span = ReturnType<FaultyServer['spans']>[number];

let sink: FaultyServer;
const said: string[] = [];

beforeAll(async () => {
  sink = await createOtlpSink();
  configure({ service: 'opentelemetry-example', url: sink.url, handleSignals: false });
  const { isRegistered } = register();
  expect(isRegistered).toBe(true);
  const dictionary = await startDictionary();
  await runTour({ dictionaryUrl: dictionary.url, say: (line) => void said.push(line) });
  await dictionary.close();
  await getClient().flush();
});

afterAll(async () => {
  await getClient().shutdown();
  await sink.close();
});

const attributesOf = (span: Span) => Object.fromEntries(span.attributes.map(({ key, value }) => [key, value]));

/** Names of a span and of what stands above it, up to the root. */
function pathOf(span: Span): string[] {
  const parent = sink.spans().find(({ spanId }) => spanId === span.parentSpanId);
  return [span.name, ...(parent === undefined ? [] : pathOf(parent))];
}

it('explains the words', () => {
  expect(said.sort()).toEqual(['an: bird is con chim, dragon is unknown', 'linh: cat is con mèo, dog is con chó']);
});

it('has one trace for each lesson, in which spans and observations nest through both services', () => {
  const served = sink.spans().filter(({ name }) => name === 'GET /words/:word');
  expect(served).toHaveLength(4);
  for (const span of served) expect(pathOf(span)).toEqual(['GET /words/:word', 'GET', 'explain word', 'lesson.plan']);
  expect(new Set(sink.spans().map(({ traceId }) => traceId)).size).toBe(2);
});

it('has the values of the trace on every span, those of OpenTelemetry too', () => {
  const users = sink.spans().map((span) => attributesOf(span)['user.id']);
  expect([users.length, users.filter((user) => user === 'an').length]).toEqual([14, 7]);
});

it('keeps kinds, attributes, events, errors and baggage as OpenTelemetry has them', () => {
  const failed = sink.spans().find((span) => attributesOf(span)['dictionary.word'] === 'dragon');
  expect(failed).toMatchObject({ kind: 2, status: { code: 2, message: 'not found' } });
  expect(failed?.events.map(({ name }) => name)).toEqual(['exception']);
  expect(attributesOf(failed as Span)).toMatchObject({ 'dictionary.pupil': 'an' });
  const plan = sink.spans().find((span) => span.name === 'lesson.plan' && attributesOf(span)['user.id'] === 'an');
  expect(plan?.events).toMatchObject([{ name: 'words explained', attributes: [{ key: 'known', value: 1n }] }]);
});
