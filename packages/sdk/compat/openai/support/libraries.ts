import type OpenAI6 from 'openai-6';

/** One major version of the library; both have the types of the older one here, which are what the cases use. */
export interface Library {
  readonly name: string;
  readonly OpenAI: typeof OpenAI6;
  readonly AzureOpenAI: typeof import('openai-6').AzureOpenAI;
  readonly zodResponseFormat: typeof import('openai-6/helpers/zod').zodResponseFormat;
}

export const NODE_MAJOR = Number(process.versions.node.split('.')[0]);

/** `openai` 7 asks for Node 22. */
export const LIBRARIES: readonly { name: string; runs: boolean; load(): Promise<Library> }[] = [
  { name: 'openai 6', runs: true, load: () => load('openai-6') },
  {
    name: `openai 7${NODE_MAJOR < 22 ? ' (not run: it needs Node 22)' : ''}`,
    runs: NODE_MAJOR >= 22,
    load: () => load('openai-7'),
  },
];

async function load(name: 'openai-6' | 'openai-7'): Promise<Library> {
  const [main, zod] = await Promise.all([import(name), import(`${name}/helpers/zod`)]);
  return { name, OpenAI: main.default, AzureOpenAI: main.AzureOpenAI, zodResponseFormat: zod.zodResponseFormat };
}
