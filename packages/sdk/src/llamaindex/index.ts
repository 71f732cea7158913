export { type LlamaIndexOptions, observeLlamaIndex } from './observe-llama-index.js';
