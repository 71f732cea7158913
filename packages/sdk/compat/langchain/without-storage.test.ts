import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { observe } from '@slipstream/sdk';
import { CallbackHandler, observationOf } from '@slipstream/sdk/langchain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createRecordedClient, type RecordedClient, treeOf } from './recorded-client.js';

// LangChain's core alone keeps no asynchronous storage; LangGraph and `@langchain/core/context`, which do, must not be
// imported here.
const STORAGE = Symbol.for('ls:tracing_async_local_storage');

let recorded: RecordedClient;
let handler: CallbackHandler;

beforeEach(async () => {
  recorded = await createRecordedClient();
  handler = new CallbackHandler({ client: recorded.client });
});
afterEach(() => recorded.close());

test('the handler makes no storage where LangChain has none, which would change how LangChain works', async () => {
  await RunnableLambda.from((value: number) => value).invoke(1, { callbacks: [handler] });
  expect(Reflect.get(globalThis, STORAGE)).toBeUndefined();
});

test('an observed function stands beside the tool that calls it, or below where the configuration is used', async () => {
  const { client } = recorded;
  const find = observe(async (word: string) => word.length, { name: 'find', client });
  const fields = { schema: z.object({ word: z.string() }) };
  const beside = tool(({ word }) => find(word), { name: 'beside', ...fields });
  const below = tool(
    ({ word }, config) => {
      const run = observationOf(config);
      return run === undefined ? find(word) : run.run(() => find(word));
    },
    { name: 'below', ...fields },
  );
  await beside.invoke({ word: 'cat' }, { callbacks: [handler] });
  await below.invoke({ word: 'cat' }, { callbacks: [handler] });
  expect(treeOf(await recorded.observations())).toEqual(['tool beside', 'span find', 'tool below', '  span find']);
});
