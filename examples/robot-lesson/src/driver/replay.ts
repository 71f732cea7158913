import { setTimeout as sleep } from 'node:timers/promises';
import { type ReplayBooks, ReplayCounter } from './books.js';
import type { CallResult, LessonClient } from './lesson-client.js';
import type { PlannedCall } from './plan.js';
import { makeContext, makeMessage } from './texts.js';

/** Settings of a replay. */
export interface ReplaySettings {
  readonly plan: Iterable<PlannedCall>;
  readonly client: LessonClient;
  /** Calls in progress at most; more wait, and are counted as late. */
  readonly maxInFlightCount: number;
  /** Ends after so many calls. */
  readonly limit: number;
  /** Ends after this time. */
  readonly durationMs: number;
  /** Ends the sending; calls in progress are waited for. */
  readonly signal: AbortSignal;
}

/** A replay under way. */
export interface Replay {
  books(): ReplayBooks;
  /** Resolves when everything has been sent and answered. */
  readonly done: Promise<void>;
}

/** A call counts as late from here on: timers themselves are off by a few milliseconds. */
const LATE_MS = 50;

/** Sends the plan's calls when they are due, whether or not earlier ones have been answered. */
export function startReplay(settings: ReplaySettings): Replay {
  const replay = new RunningReplay(settings);
  return { books: () => replay.books(), done: replay.run() };
}

/** What the driver knows of a conversation that goes on. */
interface ConversationState {
  /** Ends when the last call sent so far has been answered. */
  tail: Promise<void>;
  targetWord: string | undefined;
}

class RunningReplay {
  readonly #settings: ReplaySettings;
  readonly #counter = new ReplayCounter();
  readonly #conversations = new Map<string, ConversationState>();
  readonly #running = new Set<Promise<void>>();
  #startMs = 0;

  constructor(settings: ReplaySettings) {
    this.#settings = settings;
  }

  books(): ReplayBooks {
    return this.#counter.books();
  }

  async run(): Promise<void> {
    const { plan, limit, durationMs, maxInFlightCount, signal } = this.#settings;
    this.#startMs = performance.now();
    let sent = 0;
    for (const call of plan) {
      if (sent >= limit || call.atMs > durationMs) break;
      while (this.#running.size >= maxInFlightCount && !signal.aborted) {
        await Promise.race(this.#running);
      }
      if (!(await this.#waitUntil(call.atMs))) break;
      sent++;
      this.#enqueue(call);
    }
    await Promise.all(this.#running);
  }

  /** @returns false when the replay has to end */
  async #waitUntil(atMs: number): Promise<boolean> {
    const { signal } = this.#settings;
    const waitMs = this.#startMs + atMs - performance.now();
    if (waitMs <= 0) return !signal.aborted;
    try {
      await sleep(waitMs, undefined, { signal });
      return true;
    } catch {
      // The only way a timer rejects is its signal.
      return false;
    }
  }

  /** Turns of one conversation follow one another; a pupil does not speak before the robot has answered. */
  #enqueue(call: PlannedCall): void {
    const { id, turnCount } = call.conversation;
    const state = this.#conversations.get(id) ?? { tail: Promise.resolve(), targetWord: undefined };
    this.#conversations.set(id, state);
    const work = state.tail.then(() => this.#perform(call, state));
    state.tail = work;
    this.#running.add(work);
    void work.then(() => {
      this.#running.delete(work);
      if (call.turnIndex === turnCount - 1) this.#conversations.delete(id);
    });
  }

  async #perform(call: PlannedCall, state: ConversationState): Promise<void> {
    const { client, signal } = this.#settings;
    if (signal.aborted) return;
    const dueMs = this.#startMs + call.atMs;
    this.#counter.callSent(performance.now() - dueMs > LATE_MS);
    const begun = call.turnIndex === 0 ? await this.#begin(call, state) : undefined;
    // Without a beginning there is nothing to go on with: the call shares its fate.
    const hasFailed = begun !== undefined && begun.kind !== 'answered';
    const result = hasFailed ? begun : await client.post('/webhook', webhookBody(call, state.targetWord));
    if (result.kind === 'answered') state.targetWord = result.targetWord;
    this.#counter.callEnded(result, performance.now() - dueMs);
  }

  async #begin({ conversation }: PlannedCall, state: ConversationState): Promise<CallResult> {
    this.#counter.conversationBegun();
    const result = await this.#settings.client.post('/init_conversation', {
      conversation_id: conversation.id,
      bot_id: conversation.botId,
      user_id: conversation.userId,
      lesson_id: conversation.lessonId,
      language: conversation.language,
    });
    if (result.kind === 'answered') state.targetWord = result.targetWord;
    return result;
  }
}

function webhookBody({ conversation, turn }: PlannedCall, targetWord: string | undefined): object {
  const message = makeMessage(turn, conversation.language, targetWord);
  return {
    conversation_id: turn.fault === 'unknown-conversation' ? `${conversation.id}-lost` : conversation.id,
    message: turn.fault === 'bad-payload' ? 0 : message,
    context: makeContext(turn, conversation.language, message),
    max_reply_tokens: Math.max(1, turn.generatedTokens),
  };
}
