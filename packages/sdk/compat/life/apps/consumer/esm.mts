// What an application in ES modules writes; only its types are checked.
import { type Client, configure, getClient, type Observation, observe, SlipstreamConfigError } from '@slipstream/sdk';
import { observeOpenAI } from '@slipstream/sdk/openai';

const client: Client = configure({ service: 'esm', transport: 'inline' });
const double: (value: number) => number = observe((value: number) => value * 2, { name: 'double' });
const span: Observation = getClient().span({ name: 'span', input: double(2) });
const wrapped: { own: number } = observeOpenAI({ own: 1 });
span.end({ output: wrapped.own });
export const dropped: number = client.stats().dropped.redis_full;
export const isOurs = (error: unknown): boolean => error instanceof SlipstreamConfigError;
