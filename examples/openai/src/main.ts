import { configure } from '@slipstream/sdk';
import { observeOpenAI } from '@slipstream/sdk/openai';
import { createLlmServer } from '@slipstream/testkit';
import { OpenAI } from 'openai';
import { readSettings } from './settings.js';
import { takeTour } from './tour.js';

const settings = readSettings();
const tracing = configure({ service: 'openai-example' });
const server =
  settings.baseUrl === undefined ? await createLlmServer({ firstTokenDelayMs: 100, perTokenDelayMs: 5 }) : undefined;

const openai = observeOpenAI(new OpenAI({ baseURL: settings.baseUrl ?? server?.url ?? null, apiKey: settings.apiKey }));

await takeTour({ openai, model: settings.model, embeddingModel: settings.embeddingModel, say: console.log });

await server?.close();
// A process that ends delivers by itself; this is only for the line below.
const { delivered, pending } = await tracing.flush({ timeoutMs: 2_000 });
console.log(`${delivered} observations delivered${pending > 0 ? `, ${pending} found no collector` : ''}`);
