import { type Conversation, parseConversation, serializeConversation } from '../lesson/conversation.js';
import type { ConversationStore } from './contract.js';

/** Settings of a memory store. */
export interface MemoryStoreSettings {
  readonly ttlSeconds: number;
  /** The conversation saved longest ago goes first. @default 10,000, some 30 MB when all are full */
  readonly maxConversationCount?: number;
  /** @default Date.now */
  readonly nowMs?: () => number;
}

interface Entry {
  readonly text: string;
  readonly expiresAtMs: number;
}

const DEFAULT_MAX_CONVERSATION_COUNT = 10_000;

/** A store in this process: state ends with it. */
export function createMemoryStore(settings: MemoryStoreSettings): ConversationStore {
  const { ttlSeconds, maxConversationCount = DEFAULT_MAX_CONVERSATION_COUNT, nowMs = Date.now } = settings;
  // A Map keeps the order of insertion, so its first key is the one saved longest ago.
  const entries = new Map<string, Entry>();

  return {
    async load(id) {
      const entry = entries.get(id);
      if (entry === undefined) return undefined;
      if (entry.expiresAtMs <= nowMs()) {
        entries.delete(id);
        return undefined;
      }
      return parseConversation(entry.text);
    },
    async save(conversation: Conversation) {
      entries.delete(conversation.id);
      entries.set(conversation.id, {
        text: serializeConversation(conversation),
        expiresAtMs: nowMs() + ttlSeconds * 1000,
      });
      for (const oldest of entries.keys()) {
        if (entries.size <= maxConversationCount) break;
        entries.delete(oldest);
      }
    },
    async close() {
      entries.clear();
    },
  };
}
