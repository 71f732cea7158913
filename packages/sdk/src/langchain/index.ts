export { CallbackHandler, type CallbackHandlerOptions } from './callback-handler.js';
export { observationOf } from './nesting.js';
