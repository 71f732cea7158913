import { turnAt } from './requests.mjs';

/**
 * A conversation as the service keeps it between two requests.
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {string} lesson_id
 * @property {readonly { role: string, content: string }[]} turns
 */

/** 200 KB of JSON: some months of lessons that nobody ever cut. */
const LONG_TURNS = 900;
/** @type {Map<string, string>} */
const texts = new Map();

/**
 * Stands for Redis: texts by key, without a network. A conversation that is not there yet is a long one.
 *
 * @param {string} id
 * @returns {Promise<Conversation>}
 */
export async function loadConversation(id) {
  const text = texts.get(id) ?? JSON.stringify(longConversation(id));
  return JSON.parse(text);
}

/** @param {Conversation} conversation */
export async function saveConversation(conversation) {
  texts.set(conversation.id, JSON.stringify(conversation));
}

/**
 * The conversation with one more exchange, and without its oldest.
 *
 * @param {Conversation} conversation
 * @param {string} message
 * @param {string} answer
 * @returns {Conversation}
 */
export function withTurn(conversation, message, answer) {
  const turn = [
    { role: 'user', content: message },
    { role: 'assistant', content: answer },
  ];
  return { ...conversation, turns: [...conversation.turns.slice(turn.length), ...turn] };
}

/** @param {string} id @returns {Conversation} */
function longConversation(id) {
  return { id, lesson_id: 'lesson-12', turns: Array.from({ length: LONG_TURNS }, (_, index) => turnAt(index)).flat() };
}
