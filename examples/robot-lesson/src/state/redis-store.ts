import { LessonError, messageOf } from '../errors.js';
import { parseConversation, serializeConversation } from '../lesson/conversation.js';
import type { ConversationStore } from './contract.js';

/** Settings of a Redis store. */
export interface RedisStoreSettings {
  /** May hold a password: never log it. */
  readonly url: string;
  readonly ttlSeconds: number;
}

const KEY_PREFIX = 'robot-lesson:conversation:';
const CONNECT_TIMEOUT_MS = 3_000;
/** A pupil is waiting: better to say that the state is away than to hang. */
const COMMAND_TIMEOUT_MS = 2_000;

/**
 * A store in Redis, one key a conversation, ready when this resolves.
 * @throws LessonError `STATE_UNAVAILABLE` where Redis cannot be reached now
 */
export async function createRedisStore({ url, ttlSeconds }: RedisStoreSettings): Promise<ConversationStore> {
  // Loaded here so that a service without Redis does not pay for it.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
  });
  // Without a listener a lost connection would end the process; each call reports it to its caller instead.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw unavailable(error);
  }

  async function guarded<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw unavailable(error);
    }
  }

  return {
    async load(id) {
      const text = await guarded(redis.get(KEY_PREFIX + id));
      return text === null ? undefined : parseConversation(text);
    },
    async save(conversation) {
      await guarded(redis.set(KEY_PREFIX + conversation.id, serializeConversation(conversation), 'EX', ttlSeconds));
    },
    async close() {
      redis.disconnect();
    },
  };
}

function unavailable(error: unknown): LessonError {
  return new LessonError('STATE_UNAVAILABLE', `Redis does not answer: ${messageOf(error)}`, { cause: error });
}
