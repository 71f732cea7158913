export { CallbackHandler } from '@langfuse/langchain';
