import type { Dialect } from '../dialect.js';
import { whereAny } from '../readers.js';

/** SmolAgents speaks OpenInference; only its agents have names of their own, and repeat the tokens of their steps. */
export const SMOLAGENTS: Dialect = {
  title: 'SmolAgents',
  prefixes: ['smolagents.'],
  summary: [whereAny(['smolagents.max_steps', 'smolagents.task'], true)],
  input: ['smolagents.task'],
  singleParameters: { keys: { 'smolagents.max_steps': 'max_steps' } },
};
