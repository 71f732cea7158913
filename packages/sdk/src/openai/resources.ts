import type { ResourceTree } from '../model-calls/observe-client.js';
import { CHAT_COMPLETIONS, COMPLETIONS } from './chat-completions.js';
import { EMBEDDINGS, plainEndpoint } from './other-endpoints.js';
import { RESPONSES } from './responses.js';

const RESPONSE_METHODS: ResourceTree = {
  create: RESPONSES,
  compact: { ...RESPONSES, name: 'openai.responses.compact' },
};

/** The methods at the bottom, which the library's helpers call; so nothing is recorded twice. */
export const OPENAI_RESOURCES: ResourceTree = {
  chat: { completions: { create: CHAT_COMPLETIONS } },
  completions: { create: COMPLETIONS },
  responses: RESPONSE_METHODS,
  beta: { responses: RESPONSE_METHODS },
  embeddings: { create: EMBEDDINGS },
  moderations: { create: plainEndpoint('openai.moderations', 'input') },
  decisions: { create: plainEndpoint('openai.decisions', 'input') },
  images: {
    generate: plainEndpoint('openai.images.generate', 'prompt'),
    edit: plainEndpoint('openai.images.edit', 'prompt'),
    createVariation: plainEndpoint('openai.images.createVariation', 'prompt'),
  },
  audio: {
    speech: { create: plainEndpoint('openai.audio.speech', 'input') },
    transcriptions: { create: plainEndpoint('openai.audio.transcriptions', 'prompt') },
    translations: { create: plainEndpoint('openai.audio.translations', 'prompt') },
  },
};
