import type { Dialect } from '../dialect.js';

/** Names without a namespace, as Pipecat, Pydantic AI and hand-written spans use them. */
export const BARE_NAMES: Dialect = {
  title: 'Bare names',
  prefixes: ['input', 'output', 'model'],
  input: ['input'],
  output: ['output'],
  model: ['model'],
  modelParameters: ['model_config'],
};
