import { getClient, observe } from '@slipstream/sdk';
import type { Conversation } from '../lesson/conversation.js';
import type { ConversationStore } from './contract.js';

/**
 * Traces a store. A conversation is long JSON that says little in a trace, so it is not captured: ids and counts are.
 */
export function createTracedStore(store: ConversationStore): ConversationStore {
  async function load(id: string): Promise<Conversation | undefined> {
    const conversation = await store.load(id);
    getClient().updateCurrentSpan({
      metadata: { found: conversation !== undefined, turn_count: conversation?.turnCount ?? 0 },
    });
    return conversation;
  }

  async function save(conversation: Conversation): Promise<void> {
    getClient().updateCurrentSpan({
      metadata: { turn_count: conversation.turnCount, kept_turns: conversation.turns.length },
    });
    await store.save(conversation);
  }

  return {
    load: observe(load, { name: 'state.load', captureInput: false, captureOutput: false }),
    save: observe(save, { name: 'state.save', captureInput: false, captureOutput: false }),
    close: () => store.close(),
  };
}
