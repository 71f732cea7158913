// A chain as an application builds it, with the fake model that LangChain has for tests.
export { awaitAllCallbacks } from '@langchain/core/callbacks/promises';
export { StringOutputParser } from '@langchain/core/output_parsers';
export { ChatPromptTemplate, MessagesPlaceholder } from '@langchain/core/prompts';
export { RunnableLambda } from '@langchain/core/runnables';
export { FakeListChatModel } from '@langchain/core/utils/testing';
