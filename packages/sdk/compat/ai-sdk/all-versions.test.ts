import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getClient, observe } from '@slipstream/sdk';
import type { Observation } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createRecordedClient, type RecordedClient, treeOf } from '../langchain/recorded-client.js';
import { textOf, VERSIONS, weatherTool } from './versions.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const json = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));

// Version 7 asks for Node 22, and works on 20 too.
describe.each(VERSIONS)('AI SDK $major', (version) => {
  const { ai, model, major } = version;
  let recorded: RecordedClient;
  let stop = (): void => undefined;
  let call: object;

  beforeEach(async () => {
    recorded = await createRecordedClient();
    ({ call, stop } = version.record(recorded.client));
  });
  afterEach(async () => {
    stop();
    await recorded.close();
  });

  const found = async (name: string): Promise<Observation[]> =>
    (await recorded.observations()).filter((observation) => observation.name === name);
  const allEnded = () => expect.poll(() => recorded.client.stats().open);

  /** Each token is in exactly one kind; version 5 does not say of `generateText` what was cached. */
  const usage =
    major === 5
      ? { input: 100, output: 50, total: 150 }
      : { input: 40, input_cached_tokens: 60, output: 30, output_reasoning_tokens: 20, total: 150 };

  test('a text is an operation and the calls that it makes, observed functions below their tool', async () => {
    const { client } = recorded;
    const lookUp = observe(async (city: string) => `sunny in ${city}`, { name: 'look up', client });
    const tools = { weather: weatherTool(version, lookUp) };
    const options = {
      model: model({ city: 'Huế' }, { text: 'Sunny' }),
      prompt: 'Weather?',
      stopWhen: ai.stepCountIs(3),
    };
    expect((await ai.generateText({ ...options, tools, ...call })).text).toBe('Sunny');
    expect(treeOf(await recorded.observations())).toEqual([
      'span ai.generateText',
      '  generation ai.generateText.doGenerate',
      '  tool weather',
      '    span look up',
      '  generation ai.generateText.doGenerate',
    ]);
    expect(client.stats()).toMatchObject({ started: 5, delivered: 5, open: 0 });
  });

  test('has model, parameters, and usage on the calls of the model alone', async () => {
    const options = { model: model({ text: 'Sunny' }), system: 'Be brief', prompt: 'Weather?', temperature: 0.3 };
    await ai.generateText({ ...options, ...call });
    const [operation] = await found('ai.generateText');
    const [generation] = await found('ai.generateText.doGenerate');
    expect(operation).toMatchObject({ model: undefined, output: 'Sunny' });
    expect(operation!.usageDetails.size).toBe(0);
    expect(generation!.model).toBe('gpt-4o-2024-08-06');
    expect(json(generation!.modelParameters)).toMatchObject({ temperature: 0.3 });
    expect(Object.fromEntries(generation!.usageDetails)).toEqual(usage);
    const messages = json(generation!.input) as { role: string; content: unknown }[];
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[0]!.content).toBe('Be brief');
    expect(JSON.stringify(messages[1]!.content)).toContain('Weather?');
  });

  test('keeps the tool calls and the reasoning of an answer', async () => {
    const tools = { weather: weatherTool(version, async () => 'sunny') };
    const answers = model({ city: 'Huế' }, { text: 'Sunny', reasoning: 'They like weather' });
    await ai.generateText({ model: answers, prompt: 'Weather?', tools, stopWhen: ai.stepCountIs(3), ...call });
    const [first, second] = await found('ai.generateText.doGenerate');
    const { role, tool_calls: calls } = json(first!.output) as { role: string; tool_calls: object[] };
    expect(role).toBe('assistant');
    expect(JSON.stringify(calls)).toContain('weather');
    expect(JSON.stringify(calls)).toContain('Huế');
    // Version 5 does not say what was reasoned.
    if (major > 5) {
      expect(json(second!.output)).toMatchObject({ content: 'Sunny', reasoning_content: 'They like weather' });
    }
    const [tool] = await found('weather');
    expect(tool).toMatchObject({ type: 'tool', level: 'DEFAULT' });
    expect(json(tool!.input)).toEqual({ city: 'Huế' });
    expect(tool!.output).toContain('sunny');
  });

  test('a stream ends with its last chunk, and has the time of its first', async () => {
    const { client } = recorded;
    const lookUp = observe(async (city: string) => `sunny in ${city}`, { name: 'look up', client });
    const tools = { weather: weatherTool(version, lookUp) };
    const options = {
      model: model({ city: 'Huế' }, { text: 'Sunny' }),
      prompt: 'Weather?',
      stopWhen: ai.stepCountIs(3),
    };
    expect(await textOf(ai.streamText({ ...options, tools, ...call }).textStream)).toBe('Sunny');
    await allEnded().toBe(0);
    expect(treeOf(await recorded.observations())).toEqual([
      'span ai.streamText',
      '  generation ai.streamText.doStream',
      '  tool weather',
      '    span look up',
      '  generation ai.streamText.doStream',
    ]);
    const [, generation] = await found('ai.streamText.doStream');
    const { startTimeUnixNano, completionStartTimeUnixNano, endTimeUnixNano } = generation!;
    expect(completionStartTimeUnixNano).toBeGreaterThanOrEqual(startTimeUnixNano);
    expect(completionStartTimeUnixNano).toBeLessThanOrEqual(endTimeUnixNano! + 1_000_000n);
    expect(generation!.usageDetails.get('total')).toBe(150);
    expect(generation!.usageDetails.get('input')).toBe(40);
    expect((await found('ai.streamText'))[0]!.output).toBe('Sunny');
  });

  test('an error is recorded at each level, and thrown as it was', async () => {
    const options = { model: model({ error: new TypeError('no such model') }), prompt: 'Hi', maxRetries: 0 };
    await expect(ai.generateText({ ...options, ...call })).rejects.toThrow(new TypeError('no such model'));
    const observations = await recorded.observations();
    expect(observations.map(({ name, level }) => [name, level])).toEqual([
      ['ai.generateText', 'ERROR'],
      ['ai.generateText.doGenerate', 'ERROR'],
    ]);
    for (const { statusMessage } of observations) expect(statusMessage).toContain('no such model');
  });

  test('a tool that fails is an error, and the model gets to know', async () => {
    const failing = async (): Promise<never> => Promise.reject(new RangeError('too far'));
    const tools = { weather: weatherTool(version, failing) };
    const answers = model({ city: 'Huế' }, { text: 'Sorry' });
    const options = { model: answers, prompt: 'Weather?', tools, stopWhen: ai.stepCountIs(3) };
    expect((await ai.generateText({ ...options, ...call })).text).toBe('Sorry');
    const [tool] = await found('weather');
    expect(tool!.level).toBe('ERROR');
    expect(tool!.statusMessage).toContain('too far');
  });

  test('a stream that is aborted ends, without an error', async () => {
    const controller = new AbortController();
    const options = { model: model({ endless: true }), prompt: 'Hi', abortSignal: controller.signal };
    const { textStream } = ai.streamText({ ...options, ...call });
    let pieces = 0;
    const consume = async (): Promise<void> => {
      for await (const _ of textStream) if (++pieces === 3) controller.abort();
    };
    await consume().catch((error: Error) => expect(error.name).toBe('AbortError'));
    await allEnded().toBe(0);
    const observations = await recorded.observations();
    expect(observations.map(({ name }) => name)).toEqual(['ai.streamText', 'ai.streamText.doStream']);
    expect(observations.map(({ level }) => level)).not.toContain('ERROR');
    expect(observations[1]!.level).toBe('WARNING');
  });

  test('a stream that is left early ends', async () => {
    // Versions 5 and 6 read the model's stream to its end all the same.
    const answers = model(major === 7 ? { endless: true } : { text: 'a long story' });
    const leaveEarly = async (): Promise<void> => {
      for await (const _ of ai.streamText({ model: answers, prompt: 'Hi', ...call }).textStream) break;
    };
    await leaveEarly();
    await expect
      .poll(
        () => {
          collectGarbage();
          return recorded.client.stats().open;
        },
        { timeout: 10_000 },
      )
      .toBe(0);
    expect(await recorded.observations()).toHaveLength(2);
  });

  test('an object is recorded with what the model gave for it', async () => {
    const schema = z.object({ a: z.number() });
    const options = { model: model({ text: '{"a":1}' }), schema, prompt: 'Give a' };
    expect((await ai.generateObject({ ...options, ...call })).object).toEqual({ a: 1 });
    const stream = ai.streamObject({ ...options, ...call });
    for await (const _ of stream.partialObjectStream);
    expect(await stream.object).toEqual({ a: 1 });
    await allEnded().toBe(0);
    expect(treeOf(await recorded.observations())).toEqual([
      'span ai.generateObject',
      '  generation ai.generateObject.doGenerate',
      'span ai.streamObject',
      '  generation ai.streamObject.doStream',
    ]);
    const [generation] = await found('ai.generateObject.doGenerate');
    expect(json(generation!.output)).toEqual({ a: 1 });
    expect(generation!.usageDetails.get('total')).toBe(150);
    expect((await found('ai.streamObject.doStream'))[0]!.usageDetails.get('total')).toBe(150);
    expect(json((await found('ai.generateObject'))[0]!.output)).toEqual({ a: 1 });
  });

  test('embeddings are recorded call by call', async () => {
    await ai.embed({ model: version.embeddingModel(10), value: 'cat', ...call });
    await ai.embedMany({ model: version.embeddingModel(1), values: ['dog', 'cow'], ...call });
    expect(treeOf(await recorded.observations())).toEqual([
      'span ai.embed',
      '  embedding ai.embed.doEmbed',
      'span ai.embedMany',
      '  embedding ai.embedMany.doEmbed',
      '  embedding ai.embedMany.doEmbed',
    ]);
    const calls = await found('ai.embedMany.doEmbed');
    expect(calls.map(({ input }) => json(input))).toEqual([['dog'], ['cow']]);
    for (const { usageDetails, model } of calls) {
      expect([Object.fromEntries(usageDetails), model]).toEqual([{ input: 5, total: 5 }, 'embedder']);
    }
  });

  test('everything stands below the active observation', async () => {
    const { client } = recorded;
    const ask = (prompt: string) => ai.generateText({ model: model({ text: prompt }), prompt, ...call });
    const route = observe(async (prompt: string) => (await ask(prompt)).text, { name: 'route', client });
    expect(await Promise.all([route('one'), route('two')])).toEqual(['one', 'two']);
    expect(getClient().current).toBeUndefined();
    const observations = await recorded.observations();
    for (const name of ['one', 'two']) {
      const { traceId } = observations.find(({ output }) => output === name)!;
      expect(treeOf(observations.filter((observation) => observation.traceId === traceId))).toEqual([
        'span route',
        '  span ai.generateText',
        '    generation ai.generateText.doGenerate',
      ]);
    }
  });

  test('without capture neither prompts nor answers are recorded', async () => {
    stop();
    const silent = version.record(recorded.client, { captureInput: false, captureOutput: false });
    const tools = { weather: weatherTool(version, async () => 'a secret place') };
    const options = {
      model: model({ city: 'secret' }, { text: 'secret' }),
      prompt: 'secret',
      stopWhen: ai.stepCountIs(3),
    };
    await ai.generateText({ ...options, tools, ...silent.call });
    await textOf(ai.streamText({ ...options, tools, ...silent.call }).textStream);
    await ai.embed({ model: version.embeddingModel(10), value: 'secret', ...silent.call });
    silent.stop();
    await allEnded().toBe(0);
    const observations = await recorded.observations();
    expect(observations.length).toBeGreaterThan(6);
    for (const { input, output, metadata } of observations) {
      expect([input, output]).toEqual([undefined, undefined]);
      expect(JSON.stringify([...metadata])).not.toContain('secret');
    }
  });

  test('nothing is recorded for a client that is off', async () => {
    stop();
    const off = await createRecordedClient({ enabled: false });
    const quiet = version.record(off.client);
    expect((await ai.generateText({ model: model({ text: 'Sunny' }), prompt: 'Hi', ...quiet.call })).text).toBe(
      'Sunny',
    );
    quiet.stop();
    expect([off.client.stats().started, recorded.client.stats().started]).toEqual([0, 0]);
    await off.close();
  });
});
