import type { Intent } from '../intent/intent.js';
import type { Conversation } from './conversation.js';

/** What the robot does after its reply. */
export type NextAction =
  | 'next_word'
  | 'say_again'
  | 'explain_word'
  | 'repeat'
  | 'continue'
  | 'encourage'
  | 'answer_question'
  | 'back_to_lesson'
  | 'ask_again'
  | 'end_lesson';

const ACTION_BY_INTENT: Readonly<Record<Intent, NextAction>> = {
  answer_correct: 'next_word',
  answer_close: 'say_again',
  answer_wrong: 'explain_word',
  yes: 'continue',
  no: 'encourage',
  repeat: 'repeat',
  stop: 'end_lesson',
  question: 'answer_question',
  small_talk: 'back_to_lesson',
  unknown: 'ask_again',
};

/** What an intent means for the lesson: the action, and the conversation's progress. */
export function advance(
  conversation: Conversation,
  intent: Intent,
): { action: NextAction; conversation: Conversation } {
  const action = ACTION_BY_INTENT[intent];
  if (action === 'next_word') {
    const { wordIndex, stars } = conversation;
    return { action, conversation: { ...conversation, wordIndex: wordIndex + 1, stars: stars + 1 } };
  }
  return { action, conversation: action === 'end_lesson' ? { ...conversation, isEnded: true } : conversation };
}
