// LangChain's own tracer, with a client whose batches can be waited for.
export { LangChainTracer } from '@langchain/core/tracers/tracer_langchain';
