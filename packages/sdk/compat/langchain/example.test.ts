import { expect, test } from 'vitest';
import { treeOf } from './recorded-client.js';
import { dependenciesOf, installedDependencies, runExample } from './run-example.js';

test('the LangChain example does what its README says', async () => {
  const { output, observations } = await runExample('langchain');
  expect(output).toBe(
    'What is an apple?\n  An apple is a fruit, yummy!\nPlease explain rain\n  Rain is water from clouds.\n' +
      '14 observations delivered\n',
  );
  const tree = [
    'chain tutor',
    '  chain understand',
    '  chain tools',
    '    tool look_up',
    '      span read-dictionary',
    '  chain reply',
    '    generation FakeListChatModel',
  ];
  expect(treeOf(observations)).toEqual([...tree, ...tree]);
  expect(new Set(observations.map(({ userId, sessionId }) => `${userId}, ${sessionId}`))).toEqual(
    new Set(['an, lesson of an', 'binh, lesson of binh']),
  );
});

test('the LangChain example asks for the versions that it is tested with', async () => {
  const [asked, installed] = await Promise.all([dependenciesOf('langchain'), installedDependencies()]);
  for (const name of ['@langchain/core', '@langchain/langgraph', 'zod']) expect(asked[name]).toBe(installed[name]);
});
