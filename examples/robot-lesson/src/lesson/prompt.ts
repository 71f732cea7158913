import type { Intent } from '../intent/intent.js';
import type { PromptMessage } from '../llm/model.js';
import { type Lesson, wordAt } from './catalogue.js';
import { type Conversation, summarizeTurns } from './conversation.js';
import type { NextAction } from './next-action.js';

/** What a reply is made from. */
export interface PromptParts {
  readonly conversation: Conversation;
  readonly lesson: Lesson;
  readonly intent: Intent;
  readonly action: NextAction;
  readonly message: string;
  /** Material of the lesson that the robot has open; may be long. */
  readonly context: string;
}

/** The prompt of one reply: short instructions, the material, and the pupil's message. */
export function buildReplyPrompt(parts: PromptParts): PromptMessage[] {
  const messages: PromptMessage[] = [{ role: 'system', content: instructions(parts) }];
  if (parts.context !== '') messages.push({ role: 'user', content: parts.context });
  messages.push({ role: 'user', content: parts.message });
  return messages;
}

function instructions({ conversation, lesson, intent, action }: PromptParts): string {
  const { word, meaning } = wordAt(lesson, conversation.wordIndex);
  const summary = summarizeTurns(conversation);
  if (conversation.language === 'vi') {
    return [
      `Bạn là robot dạy tiếng Anh cho trẻ em. Bài "${lesson.title.vi}", từ đang học: ${word} (${meaning}).`,
      `Ý của học sinh: ${intent}. Việc cần làm: ${action}. Trả lời ngắn, vui, dễ hiểu.`,
      ...(summary === '' ? [] : [`Vừa nói: ${summary}`]),
    ].join('\n');
  }
  return [
    `You are a robot that teaches children English. Lesson "${lesson.title.en}", current word: ${word}.`,
    `The pupil means: ${intent}. What to do: ${action}. Answer shortly, kindly and simply.`,
    ...(summary === '' ? [] : [`Just said: ${summary}`]),
  ].join('\n');
}

/** What the robot says first; no model is needed for it. */
export function greeting(lesson: Lesson, language: 'vi' | 'en'): string {
  const { word, meaning } = lesson.words[0];
  return language === 'vi'
    ? `Chào con! Hôm nay mình học bài "${lesson.title.vi}". Từ đầu tiên là "${word}", nghĩa là ${meaning}. Con đọc theo nhé!`
    : `Hello! Today we learn "${lesson.title.en}". The first word is "${word}". Say it after me!`;
}

/** What the robot says when the model has failed. */
export function apology(language: 'vi' | 'en'): string {
  return language === 'vi'
    ? 'Ôi, robot chưa nghe rõ. Con nói lại giúp robot nhé!'
    : 'Oh, I did not catch that. Please say it again!';
}
