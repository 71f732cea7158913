import type { Conversation } from '../lesson/conversation.js';

/**
 * Keeps conversations between calls. `describeConversationStore` in `suite.ts` holds for each implementation.
 *
 * Callers send the messages of one conversation one after another; of two saves at the same time either may win,
 * whole. What was given or taken belongs to the caller: a store keeps no reference to it.
 * Each method rejects with LessonError `STATE_UNAVAILABLE` when the store cannot be reached in time.
 */
export interface ConversationStore {
  /** `undefined` for a conversation that was never saved, or whose time to live is over. */
  load(id: string): Promise<Conversation | undefined>;
  /** Replaces what was saved under the same id, and starts its time to live again. */
  save(conversation: Conversation): Promise<void>;
  /** Lets go of connections; safe to call twice. */
  close(): Promise<void>;
}
