import { configure } from '@slipstream/sdk';
import { createLlmServer } from '@slipstream/testkit';
import { planLesson } from './lesson-plan.js';
import { readSettings } from './settings.js';

const { baseUrl, apiKey, model } = readSettings();
const client = configure({ service: 'low-level-example' });
const server =
  baseUrl === undefined ? await createLlmServer({ firstTokenDelayMs: 100, perTokenDelayMs: 5 }) : undefined;

const words = ['apple', 'banana', 'x', 'cherry'];
await planLesson(
  { client, model: { baseUrl: baseUrl ?? server?.url ?? '', apiKey, name: model }, say: console.log },
  words,
);

await server?.close();
// A process that ends delivers by itself; this is only for the line below.
const { delivered } = await client.flush();
const { scores } = client.stats();
console.log(`${delivered} observations and ${scores.delivered} scores delivered`);
