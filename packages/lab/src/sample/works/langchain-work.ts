import type { Arm } from '../../arms/contract.js';
import { importPeer } from '../../arms/peer-module.js';
import type { Payload } from '../payload.js';
import type { TracedWork } from './work.js';

/** What a chain is made of, as far as the lab looks at it. */
interface Runnable {
  pipe(next: Runnable): Runnable;
  invoke(input: unknown, options: { callbacks: readonly unknown[] }): Promise<unknown>;
}

interface LangChainModule {
  readonly ChatPromptTemplate: { fromMessages(messages: readonly unknown[]): Runnable };
  readonly FakeListChatModel: new (options: { responses: readonly unknown[] }) => Runnable;
  readonly MessagesPlaceholder: new (name: string) => unknown;
  readonly RunnableLambda: { from(work: (input: never) => unknown): Runnable };
  readonly StringOutputParser: new () => Runnable;
  awaitAllCallbacks(): Promise<void>;
}

/** The sequence itself, a function, the prompt, the model, the parser, and a function: LangChain tells of each. */
const STEPS_PER_TRACE = 6;
const ANSWERS = 8;

interface Turn {
  readonly history: unknown;
  readonly question: unknown;
}

/**
 * One chain of LangChain: a function that takes the turn, a prompt with its history, a fake model that answers at once,
 * a parser, and a function that looks at the answer. The chain is what calls the arm's handlers.
 */
export async function createLangChainWork(
  arm: Pick<Arm, 'callbacks'>,
  peersUrl: string,
  { nextInput, nextOutput }: Payload,
): Promise<Omit<TracedWork, 'spansPerTrace'>> {
  const langchain = await importPeer<LangChainModule>(peersUrl, 'langchain.mjs');
  const { ChatPromptTemplate, FakeListChatModel, MessagesPlaceholder, RunnableLambda, StringOutputParser } = langchain;
  const prompt = ChatPromptTemplate.fromMessages([
    ['system', 'You are a robot that teaches small children a language.'],
    new MessagesPlaceholder('history'),
    ['human', '{question}'],
  ]);
  const responses = Array.from({ length: ANSWERS }, nextOutput);
  const chain = RunnableLambda.from(({ history, question }: Turn) => ({ history, question }))
    .pipe(prompt)
    .pipe(new FakeListChatModel({ responses }))
    .pipe(new StringOutputParser())
    .pipe(RunnableLambda.from((answer: string) => ({ answer, isLong: answer.length > 100 })));
  const callbacks = arm.callbacks?.() ?? [];
  return {
    runTrace: () => chain.invoke({ history: nextInput(), question: nextOutput() } satisfies Turn, { callbacks }),
    unitsPerTrace: STEPS_PER_TRACE,
    waitsForSockets: false,
    // LangChain calls handlers that do not ask to be waited for from a queue of its own.
    settle: () => langchain.awaitAllCallbacks(),
  };
}
