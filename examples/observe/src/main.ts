import { configure } from '@slipstream/sdk';
import { createLlmServer } from '@slipstream/testkit';
import { readSettings } from './settings.js';
import { Tutor } from './tutor.js';

const { baseUrl, apiKey, model } = readSettings();
const tracing = configure({ service: 'observe-example' });
const server =
  baseUrl === undefined ? await createLlmServer({ firstTokenDelayMs: 100, perTokenDelayMs: 5 }) : undefined;

const tutor = new Tutor({ baseUrl: baseUrl ?? server?.url ?? '', apiKey, name: model });
for (const message of ['What is an apple?', '???', 'Please explain rain'])
  console.log(await tutor.webhook('an', message));

await server?.close();
// A process that ends delivers by itself; this is only for the line below.
const { delivered } = await tracing.flush();
console.log(`${delivered} observations delivered`);
