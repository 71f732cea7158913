/** What the robot does with a message. Nothing here knows that it may be traced. */

/**
 * @typedef {import('./requests.mjs').LessonRequest} LessonRequest
 * @typedef {'correct' | 'wrong'} Intent
 */

/** How much of a message is worth keeping in a trace. */
export const TRACED_CHARACTERS = 200;

/**
 * Tells by a rule whether the pupil said the word.
 *
 * @param {{ message: string, target: string }} question
 * @returns {Promise<Intent>}
 */
export async function classifyIntent({ message, target }) {
  return message.toLowerCase().includes(`"${target}"`) ? 'correct' : 'wrong';
}

/**
 * The messages that a model is asked with.
 *
 * @param {LessonRequest} request
 * @param {Intent} intent
 */
export function promptFor({ history, message, target_word }, intent) {
  const task = `You teach English to a child. The word is "${target_word}"; the child's answer was ${intent}.`;
  return [{ role: 'system', content: task }, ...history, { role: 'user', content: message }];
}

/**
 * Stands for a call of a model: no network, so that nothing but tracing differs between two programs.
 *
 * @param {readonly { role: string, content: string }[]} messages
 */
export async function askModel(messages) {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  return {
    model: 'openai/gpt-4o-mini',
    text: `Great. Let us go on with the next word. (${characters} characters read)`,
    usage: { input: Math.ceil(characters / 4), output: 12 },
    cost: { total: characters * 4e-8 },
  };
}

/**
 * What the robot does next.
 *
 * @param {Intent} intent
 */
export function nextActionAfter(intent) {
  return intent === 'correct' ? 'next_word' : 'repeat_word';
}

/**
 * Whether a message may be answered at all.
 *
 * @param {string} message
 */
export function checkSafety(message) {
  return { allowed: message.length < 2_000, rule: 'length' };
}

/**
 * The newest turns in a line, as metadata holds them.
 *
 * @param {readonly { content: string }[]} turns
 */
export function summarizeTurns(turns) {
  return turns
    .slice(-3)
    .map(({ content }) => content.slice(0, 40))
    .join(' | ');
}
