import { getClient, observe } from '@slipstream/sdk';
import { LessonError, messageOf } from '../errors.js';
import type { InitPayload, WebhookPayload } from '../http/payloads.js';
import type { IntentClassifier } from '../intent/classifier.js';
import type { ClassifiedIntent, Intent } from '../intent/intent.js';
import type { LessonModel, Reply } from '../llm/model.js';
import type { ProviderUsage } from '../llm/usage.js';
import type { ConversationStore } from '../state/contract.js';
import { findLesson, type Lesson, wordAt } from './catalogue.js';
import { addTurn, type Conversation, summarizeTurns } from './conversation.js';
import { advance, type NextAction } from './next-action.js';
import { apology, buildReplyPrompt, greeting } from './prompt.js';

/** What the robot is told to say and do. */
export interface LessonAnswer {
  readonly conversation_id: string;
  readonly reply: string;
  readonly next_action: NextAction;
  /** The word that the pupil shall say next. */
  readonly target_word: string;
  readonly stars: number;
  /** Of a webhook call only. */
  readonly intent?: Intent;
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

/** The parts that the service works with. */
export interface LessonServiceParts {
  readonly store: ConversationStore;
  readonly classifier: IntentClassifier;
  readonly model: LessonModel;
}

const TRACED_MESSAGE_LENGTH = 200;
const DEFAULT_REPLY_TOKENS = 160;

/** The lesson itself: what happens on each of the two calls. */
export class LessonService {
  readonly #store: ConversationStore;
  readonly #classifier: IntentClassifier;
  readonly #model: LessonModel;

  constructor({ store, classifier, model }: LessonServiceParts) {
    this.#store = store;
    this.#classifier = classifier;
    this.#model = model;
  }

  /**
   * Begins a conversation; one with the same id starts over.
   * @throws LessonError `UNKNOWN_LESSON`, `STATE_UNAVAILABLE`
   */
  @observe({ name: 'lesson.init' })
  async init(payload: InitPayload): Promise<LessonAnswer> {
    const lesson = findLesson(payload.lesson_id);
    const conversation: Conversation = {
      id: payload.conversation_id,
      botId: payload.bot_id,
      userId: payload.user_id,
      lessonId: lesson.id,
      language: payload.language,
      wordIndex: 0,
      stars: 0,
      turnCount: 0,
      turns: [],
      isEnded: false,
    };
    traceConversation(conversation);
    await this.#store.save(conversation);
    return answerOf(conversation, lesson, { reply: greeting(lesson, payload.language), action: 'continue' });
  }

  /**
   * Answers a message of the pupil. A model that fails is answered for: the robot asks again.
   * @throws LessonError `UNKNOWN_CONVERSATION`, `CONVERSATION_ENDED`, `STATE_UNAVAILABLE`
   */
  // The payload may hold pages of lesson material: the message alone, cut, is what one looks for in a trace.
  @observe({ name: 'lesson.webhook', captureInput: false })
  async webhook(payload: WebhookPayload): Promise<LessonAnswer> {
    const message = payload.message.slice(0, TRACED_MESSAGE_LENGTH);
    getClient().updateCurrentTrace({
      sessionId: payload.conversation_id,
      metadata: { conversation_id: payload.conversation_id },
    });
    getClient().updateCurrentSpan({ metadata: { message } });
    const before = await this.#loadOpen(payload.conversation_id);
    traceConversation(before);
    const lesson = findLesson(before.lessonId);
    const target = wordAt(lesson, before.wordIndex);
    const classified = await this.#classifier.classify({ message: payload.message, target });
    const { action, conversation } = advance(before, classified.intent);
    const answer = await this.#reply(payload, conversation, lesson, { classified, action });
    const after = addTurn(conversation, { pupil: payload.message, robot: answer.text });
    getClient().updateCurrentSpan({ metadata: { next_action: action, messages_summary: summarizeTurns(after) } });
    await this.#store.save(after);
    return {
      ...answerOf(after, lesson, { reply: answer.text, action }),
      intent: classified.intent,
      ...usageOf(answer.usage),
    };
  }

  async #loadOpen(id: string): Promise<Conversation> {
    const conversation = await this.#store.load(id);
    if (conversation === undefined) {
      throw new LessonError('UNKNOWN_CONVERSATION', 'there is no such conversation; call /init_conversation first');
    }
    if (conversation.isEnded) throw new LessonError('CONVERSATION_ENDED', 'the pupil has ended this conversation');
    return conversation;
  }

  async #reply(
    payload: WebhookPayload,
    conversation: Conversation,
    lesson: Lesson,
    { classified, action }: { readonly classified: ClassifiedIntent; readonly action: NextAction },
  ): Promise<Reply> {
    const { message, context, max_reply_tokens: maxTokens = DEFAULT_REPLY_TOKENS } = payload;
    const messages = buildReplyPrompt({ conversation, lesson, intent: classified.intent, action, message, context });
    try {
      return await this.#model.reply({ messages, maxTokens });
    } catch (error) {
      // The generation says what failed; the pupil hears a sentence, and the trace is marked.
      getClient().updateCurrentSpan({ level: 'WARNING', statusMessage: `answered for the model: ${messageOf(error)}` });
      return { text: apology(conversation.language), usage: undefined };
    }
  }
}

/** Trace-level values, as the notes' table has them: what one filters traces by. */
function traceConversation({ id, botId, userId, lessonId, language }: Conversation): void {
  getClient().updateCurrentTrace({
    userId,
    sessionId: id,
    tags: [lessonId, language],
    metadata: { conversation_id: id, bot_id: botId, user_id: userId },
  });
}

function answerOf(
  conversation: Conversation,
  lesson: Lesson,
  { reply, action }: { readonly reply: string; readonly action: NextAction },
): LessonAnswer {
  return {
    conversation_id: conversation.id,
    reply,
    next_action: action,
    target_word: wordAt(lesson, conversation.wordIndex).word,
    stars: conversation.stars,
  };
}

function usageOf(usage: ProviderUsage | undefined): Pick<LessonAnswer, 'usage'> {
  if (usage === undefined) return {};
  return { usage: { prompt_tokens: usage.prompt_tokens, completion_tokens: usage.completion_tokens } };
}
