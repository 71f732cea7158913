import { describe, expect, it } from 'vitest';
import type { Conversation } from '../lesson/conversation.js';
import { createMemoryStore } from './memory-store.js';
import { describeConversationStore } from './suite.js';

describeConversationStore('memory store', async (ttlSeconds) => createMemoryStore({ ttlSeconds }));

const conversation = (id: string): Conversation => ({
  id,
  botId: 'b',
  userId: 'u',
  lessonId: 'fruit',
  language: 'en',
  wordIndex: 0,
  stars: 0,
  turnCount: 0,
  turns: [],
  isEnded: false,
});

describe('limits of the memory store', () => {
  it('keeps as many conversations as allowed, and lets the one saved longest ago go for one more', async () => {
    const store = createMemoryStore({ ttlSeconds: 60, maxConversationCount: 2 });
    await store.save(conversation('a'));
    await store.save(conversation('b'));
    await store.save(conversation('a'));
    expect(await store.load('b')).toBeDefined();
    await store.save(conversation('c'));
    expect(await store.load('b')).toBeUndefined();
    expect(await store.load('a')).toBeDefined();
    expect(await store.load('c')).toBeDefined();
  });

  it('starts the time to live again at each save', async () => {
    let nowMs = 0;
    const store = createMemoryStore({ ttlSeconds: 10, nowMs: () => nowMs });
    await store.save(conversation('a'));
    nowMs = 9_000;
    await store.save(conversation('a'));
    nowMs = 18_999;
    expect(await store.load('a')).toBeDefined();
    nowMs = 19_000;
    expect(await store.load('a')).toBeUndefined();
  });
});
