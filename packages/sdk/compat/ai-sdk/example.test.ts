import { expect, test } from 'vitest';
import { treeOf } from '../langchain/recorded-client.js';
import { dependenciesOf, installedDependencies, runExample } from '../langchain/run-example.js';

test('the AI SDK example does what its README says', async () => {
  const { output, observations } = await runExample('ai-sdk', { ai: 'ai-7' });
  expect(output).toBe('What is an apple?\n  An apple is a fruit.\n2 words embedded\n8 observations delivered\n');
  expect(treeOf(observations)).toEqual([
    'span lesson',
    '  span tutor:ai.streamText',
    '    generation tutor:ai.streamText.doStream',
    '    tool lookUp',
    '      span read-dictionary',
    '    generation tutor:ai.streamText.doStream',
    '  span ai.embedMany',
    '    embedding ai.embedMany.doEmbed',
  ]);
  expect(observations.filter(({ userId }) => userId === 'an').length).toBeGreaterThan(0);
});

test('the AI SDK example asks for the versions that it is tested with', async () => {
  const [asked, installed] = await Promise.all([dependenciesOf('ai-sdk'), installedDependencies()]);
  expect([`npm:ai@${asked.ai}`, asked.zod]).toEqual([installed['ai-7'], installed.zod]);
});
