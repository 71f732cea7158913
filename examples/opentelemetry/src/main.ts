import { configure } from '@slipstream/sdk';
import { register } from '@slipstream/sdk/otel';
import { startDictionary } from './dictionary.js';
import { runTour } from './tour.js';

// These two lines are all that the services need: what they trace with OpenTelemetry's API arrives.
const tracing = configure({ service: 'opentelemetry-example' });
register();

const dictionary = await startDictionary();
await runTour({ dictionaryUrl: dictionary.url, say: console.log });
await dictionary.close();

// A process that ends delivers by itself; this is only for the line below.
const { delivered, pending } = await tracing.flush({ timeoutMs: 2_000 });
console.log(`${delivered} spans delivered${pending > 0 ? `, ${pending} found no collector` : ''}`);
