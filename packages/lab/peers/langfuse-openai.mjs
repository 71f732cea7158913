export { observeOpenAI } from '@langfuse/openai';
