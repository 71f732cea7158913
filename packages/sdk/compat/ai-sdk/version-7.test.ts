import { observe } from '@slipstream/sdk';
import { aiSdkIntegration, observeAiSdk } from '@slipstream/sdk/ai-sdk';
import { generateSpeech, generateText, rerank, ToolLoopAgent, tool, transcribe } from 'ai-7';
import { MockRerankingModelV4, MockSpeechModelV4, MockTranscriptionModelV4 } from 'ai-7/test';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createRecordedClient, type RecordedClient, treeOf } from '../langchain/recorded-client.js';
import { type Answer, VERSIONS } from './versions.js';

type Model = Parameters<typeof generateText>[0]['model'];

const version = VERSIONS.find(({ major }) => major === 7)!;
const modelOf = (...answers: readonly Answer[]): Model => version.model(...answers) as Model;
const prompt = 'Weather?';

let recorded: RecordedClient;
let stop: () => void;

beforeEach(async () => {
  recorded = await createRecordedClient();
  stop = observeAiSdk({ client: recorded.client });
});
afterEach(async () => {
  stop();
  await recorded.close();
});

const trees = async (): Promise<string[]> => treeOf(await recorded.observations());

test('recording twice with one client records once, and ends with the one that stops it', async () => {
  const stopAgain = observeAiSdk({ client: recorded.client });
  await generateText({ model: modelOf({ text: 'Sunny' }), prompt });
  expect(await trees()).toHaveLength(2);
  stopAgain();
  await generateText({ model: modelOf({ text: 'Sunny' }), prompt });
  expect(await trees()).toHaveLength(2);
});

test('two clients record beside each other', async () => {
  const other = await createRecordedClient();
  const stopOther = observeAiSdk({ client: other.client });
  await generateText({ model: modelOf({ text: 'Sunny' }), prompt });
  stopOther();
  expect([await recorded.observations(), await other.observations()].map(({ length }) => length)).toEqual([2, 2]);
  await other.close();
});

test('a call with integrations of its own is recorded where ours is among them', async () => {
  const heard: string[] = [];
  const other = { onStart: () => void heard.push('start') };
  await generateText({ model: modelOf({ text: '' }), prompt, telemetry: { integrations: [other] } });
  expect(await trees()).toEqual([]);
  const ours = aiSdkIntegration({ client: recorded.client });
  await generateText({ model: modelOf({ text: 'Sunny' }), prompt, telemetry: { integrations: [other, ours] } });
  expect(heard).toEqual(['start', 'start']);
  expect(await trees()).toEqual(['span ai.generateText', '  generation ai.generateText.doGenerate']);
});

test('a call can keep its telemetry, its input or its output to itself', async () => {
  const model = modelOf({ text: 'a secret answer' });
  await generateText({ model, prompt, telemetry: { isEnabled: false } });
  await generateText({ model, prompt, telemetry: { recordInputs: false } });
  await generateText({ model, prompt, telemetry: { recordOutputs: false } });
  const observations = await recorded.observations();
  expect(observations).toHaveLength(4);
  expect(observations.slice(0, 2).map(({ input }) => input)).toEqual([undefined, undefined]);
  expect(observations.slice(2).map(({ output }) => output)).toEqual([undefined, undefined]);
  expect(observations[0]!.output).toBe('a secret answer');
  expect(observations[2]!.input).toContain(prompt);
});

test("the function's id is in the names, and the context that a call lets out in the trace", async () => {
  const runtimeContext = { userId: 'u-1', sessionId: 's-1', lesson: 'animals', key: 'not let out' };
  const includeRuntimeContext = { userId: true, sessionId: true, lesson: true };
  const telemetry = { functionId: 'reply', includeRuntimeContext };
  await generateText({ model: modelOf({ text: 'Sunny' }), prompt, runtimeContext, telemetry });
  const [operation, generation] = await recorded.observations();
  expect(operation).toMatchObject({ name: 'reply:ai.generateText', userId: 'u-1', sessionId: 's-1' });
  expect(generation).toMatchObject({ name: 'reply:ai.generateText.doGenerate', userId: 'u-1' });
  expect(Object.fromEntries(operation!.metadata)).toEqual({ lesson: 'animals', provider: 'mock-provider' });
});

test('a model that a tool asks stands below that tool, and each token is counted once', async () => {
  const inputSchema = z.object({ city: z.string() });
  const execute = async () => (await generateText({ model: modelOf({ text: 'inner' }), prompt: 'Inner?' })).text;
  const tools = { weather: tool({ description: 'Weather', inputSchema, execute }) };
  const agent = new ToolLoopAgent({ model: modelOf({ city: 'Huế' }, { text: 'outer' }), tools });
  expect((await agent.generate({ prompt })).text).toBe('outer');
  expect(await trees()).toEqual([
    'span ai.generateText',
    '  generation ai.generateText.doGenerate',
    '  tool weather',
    '    span ai.generateText',
    '      generation ai.generateText.doGenerate',
    '  generation ai.generateText.doGenerate',
  ]);
  const totals = (await recorded.observations()).map(({ usageDetails }) => usageDetails.get('total') ?? 0);
  expect(totals.reduce((sum, total) => sum + total)).toBe(450);
});

test('what a provider does stands below its call', async () => {
  const { client } = recorded;
  const ask = observe(async () => 'x', { name: 'http', client });
  const model = version.model({ text: 'Sunny' }) as { doGenerate(options: object): Promise<object> };
  const { doGenerate } = model;
  model.doGenerate = async (options) => {
    await ask();
    return doGenerate(options);
  };
  await generateText({ model: model as unknown as Model, prompt });
  expect(await trees()).toEqual(['span ai.generateText', '  generation ai.generateText.doGenerate', '    span http']);
});

test('reranking is recorded as a retriever', async () => {
  const ranking = [
    { index: 1, relevanceScore: 0.9 },
    { index: 0, relevanceScore: 0.1 },
  ];
  const model = new MockRerankingModelV4({ modelId: 'ranker', doRerank: async () => ({ ranking, response: {} }) });
  await rerank({ model, query: 'cat', documents: ['dog', 'kitten'], topN: 2 });
  const [operation, call] = await recorded.observations();
  expect([operation!.type, call!.type]).toEqual(['span', 'retriever']);
  expect(call).toMatchObject({ name: 'ai.rerank.doRerank', model: 'ranker' });
  expect(JSON.parse(call!.input!)).toEqual({ query: 'cat', documents: ['dog', 'kitten'] });
  expect(JSON.parse(call!.output!)).toEqual(ranking);
});

test('speech and transcription are calls of a model, without the sound', async () => {
  const response = { timestamp: new Date(), modelId: 'voice', headers: {} };
  const audio = new Uint8Array(64);
  const speech = new MockSpeechModelV4({
    modelId: 'voice',
    doGenerate: async () => ({ audio, warnings: [], response }),
  });
  await generateSpeech({ model: speech, text: 'Good morning', voice: 'robot' });
  const heard = { text: 'Good morning', segments: [], language: 'en', durationInSeconds: 1, warnings: [], response };
  const ears = new MockTranscriptionModelV4({ modelId: 'ears', doGenerate: async () => heard });
  // Its own types do not agree with themselves where `undefined` counts as a value.
  await transcribe({ model: ears as never, audio });
  const [spoken, written] = await recorded.observations();
  expect(spoken).toMatchObject({
    type: 'generation',
    name: 'ai.generateSpeech',
    model: 'voice',
    input: 'Good morning',
  });
  expect(JSON.parse(spoken!.modelParameters!)).toEqual({ voice: 'robot' });
  expect(JSON.parse(spoken!.output!)).toMatchObject({ byteLength: 64 });
  expect(written).toMatchObject({ type: 'generation', name: 'ai.transcribe', model: 'ears', output: 'Good morning' });
  expect(JSON.parse(written!.input!)).toMatchObject({ byteLength: 64 });
});
