import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTurn, type Conversation } from '../lesson/conversation.js';
import type { ConversationStore } from './contract.js';

/** Makes a store whose conversations live so long. */
export type MakeStore = (ttlSeconds: number) => Promise<ConversationStore>;

const EMPTY: Conversation = {
  id: 'c-1',
  botId: 'bot-1',
  userId: 'user-1',
  lessonId: 'fruit',
  language: 'vi',
  wordIndex: 2,
  stars: 2,
  turnCount: 0,
  turns: [],
  isEnded: false,
};

/** What `ConversationStore` promises, for each implementation. */
export function describeConversationStore(name: string, makeStore: MakeStore): void {
  describe(name, () => {
    let store: ConversationStore;

    beforeEach(async () => {
      store = await makeStore(60);
    });

    afterEach(() => store.close());

    it('knows nothing of a conversation that was never saved', async () => {
      expect(await store.load('nobody')).toBeUndefined();
    });

    it('gives back what was saved, in any script', async () => {
      const conversation = addTurn(EMPTY, { pupil: 'Dạ, quả táo ạ 🍎', robot: 'Giỏi lắm! "apple"\n' });
      await store.save(conversation);
      expect(await store.load('c-1')).toEqual(conversation);
    });

    it('keeps conversations apart', async () => {
      await store.save(EMPTY);
      await store.save({ ...EMPTY, id: 'c-2', stars: 9 });
      expect((await store.load('c-1'))?.stars).toBe(2);
      expect((await store.load('c-2'))?.stars).toBe(9);
    });

    it('replaces what was saved before', async () => {
      await store.save(EMPTY);
      await store.save({ ...EMPTY, stars: 3, isEnded: true });
      expect(await store.load('c-1')).toMatchObject({ stars: 3, isEnded: true });
    });

    it('keeps no reference to what it was given or gave', async () => {
      const turns = [{ pupil: 'a', robot: 'b' }];
      await store.save({ ...EMPTY, turns });
      turns.push({ pupil: 'c', robot: 'd' });
      const first = await store.load('c-1');
      ((first ?? EMPTY).turns as unknown[]).push('changed');
      expect((await store.load('c-1'))?.turns).toEqual([{ pupil: 'a', robot: 'b' }]);
    });

    it('holds one of two saves at the same time, whole', async () => {
      const versions = [1, 2].map((stars) => ({ ...EMPTY, stars, wordIndex: stars }));
      await Promise.all(versions.map((version) => store.save(version)));
      expect(versions).toContainEqual(await store.load('c-1'));
    });

    it('forgets a conversation whose time to live is over', async () => {
      const shortLived = await makeStore(1);
      await shortLived.save(EMPTY);
      expect(await shortLived.load('c-1')).toEqual(EMPTY);
      await expect.poll(() => shortLived.load('c-1'), { timeout: 5_000, interval: 100 }).toBeUndefined();
      await shortLived.close();
    });

    it('can be closed twice', async () => {
      await store.close();
      await store.close();
    });
  });
}
