import { z } from 'zod';
import { LessonError } from '../errors.js';

/** One exchange between pupil and robot, as far as it is remembered. */
export interface Turn {
  readonly pupil: string;
  readonly robot: string;
}

/** What the service knows of a conversation between two calls. Plain JSON; never changed in place. */
export interface Conversation {
  readonly id: string;
  readonly botId: string;
  readonly userId: string;
  readonly lessonId: string;
  readonly language: 'vi' | 'en';
  readonly wordIndex: number;
  readonly stars: number;
  readonly turnCount: number;
  /** The newest ones only. */
  readonly turns: readonly Turn[];
  readonly isEnded: boolean;
}

/** Enough for the prompt's summary; more only makes the stored state (and each load of it) larger. */
const KEPT_TURN_COUNT = 8;
const KEPT_TEXT_LENGTH = 400;
const SUMMARY_TURN_COUNT = 3;
const SUMMARY_TEXT_LENGTH = 40;

const conversationSchema = z.object({
  id: z.string(),
  botId: z.string(),
  userId: z.string(),
  lessonId: z.string(),
  language: z.enum(['vi', 'en']),
  wordIndex: z.int().min(0),
  stars: z.int().min(0),
  turnCount: z.int().min(0),
  turns: z.array(z.object({ pupil: z.string(), robot: z.string() })),
  isEnded: z.boolean(),
});

/** @throws LessonError `BROKEN_STATE` where the text is no conversation (written by another version, say). */
export function parseConversation(text: string): Conversation {
  try {
    return conversationSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new LessonError('BROKEN_STATE', 'the stored conversation cannot be read', { cause: error });
  }
}

export function serializeConversation(conversation: Conversation): string {
  return JSON.stringify(conversation);
}

/** The conversation after one more exchange. */
export function addTurn(conversation: Conversation, turn: Turn): Conversation {
  const kept = { pupil: turn.pupil.slice(0, KEPT_TEXT_LENGTH), robot: turn.robot.slice(0, KEPT_TEXT_LENGTH) };
  return {
    ...conversation,
    turnCount: conversation.turnCount + 1,
    turns: [...conversation.turns, kept].slice(-KEPT_TURN_COUNT),
  };
}

/** The newest exchanges in a line or two: for the prompt, and for a span's metadata instead of the whole history. */
export function summarizeTurns(conversation: Conversation): string {
  return conversation.turns
    .slice(-SUMMARY_TURN_COUNT)
    .map(({ pupil, robot }) => `${pupil.slice(0, SUMMARY_TEXT_LENGTH)} → ${robot.slice(0, SUMMARY_TEXT_LENGTH)}`)
    .join(' | ');
}
