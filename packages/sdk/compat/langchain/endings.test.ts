import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RunnableLambda } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { CallbackHandler } from '@slipstream/sdk/langchain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRecordedClient, type RecordedClient } from './recorded-client.js';
import { ScriptedModel } from './scripted-model.js';

let recorded: RecordedClient;
let handler: CallbackHandler;

beforeEach(async () => {
  recorded = await createRecordedClient();
  handler = new CallbackHandler({ client: recorded.client });
});
afterEach(() => recorded.close());

describe('a stream that is left early', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;

  test('has ended once nobody can read on, with the time of the last thing heard', async () => {
    const model = new FakeListChatModel({ responses: ['a long story'] });
    const leaveEarly = async (): Promise<void> => {
      for await (const _ of await model.stream('Hi', { callbacks: [handler], runName: 'story' })) break;
    };
    await leaveEarly();
    const { client } = recorded;
    await expect
      .poll(
        () => {
          collectGarbage();
          return client.stats().open;
        },
        { timeout: 10_000 },
      )
      .toBe(0);
    const story = (await recorded.observations()).find(({ name }) => name === 'story');
    expect(story).toMatchObject({ level: 'DEFAULT' });
    expect(story!.metadata.get('slipstream_abandoned')).toBe('true');
  });
});

describe('a branch that goes on after its root has failed', () => {
  test('is recorded with what it gave', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const usage = { input_tokens: 5, output_tokens: 2, total_tokens: 7 };
    const failing = RunnableLambda.from(() => Promise.reject(new Error('left')));
    const both = RunnableLambda.from(async (text: string, config) => {
      const model = new ScriptedModel({ content: 'Late', usage, gate });
      await Promise.all([failing.invoke(text, config), model.invoke(text, config)]);
    });
    await expect(both.invoke('Hi', { callbacks: [handler] })).rejects.toThrow('left');
    expect(recorded.client.stats().open).toBe(1);
    open();
    await expect.poll(() => recorded.client.stats().open).toBe(0);
    const late = (await recorded.observations()).find(({ name }) => name === 'ScriptedModel');
    expect(late?.usageDetails.get('total')).toBe(7);
  });
});
