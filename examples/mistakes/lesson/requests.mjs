const WORDS = ['apple', 'river', 'mountain', 'kitchen', 'umbrella', 'teacher', 'window', 'garden'];
const PUPILS = 8;

/**
 * What the robot posts to `/webhook`.
 *
 * @typedef {object} LessonRequest
 * @property {string} conversation_id
 * @property {string} bot_id
 * @property {string} user_id
 * @property {string} target_word the word that the pupil should say
 * @property {string} message what the pupil said
 * @property {readonly { role: 'user' | 'assistant', content: string }[]} history the newest turns
 */

/**
 * A request that is like no other, so that nothing can be cached; the same number gives the same request.
 *
 * @param {number} index
 * @returns {LessonRequest}
 */
export function makeRequest(index) {
  const pupil = index % PUPILS;
  const word = wordAt(index);
  return {
    conversation_id: `conversation-${pupil}`,
    bot_id: 'robot-1',
    user_id: `pupil-${pupil}`,
    target_word: word,
    message: `Em nói "${index % 3 === 0 ? wordAt(index + 1) : word}", cô nghe em nói lại lần thứ ${index} nhé`,
    history: [0, 1, 2].flatMap((turn) => turnAt(index + turn)),
  };
}

/**
 * A pupil's sentence and the robot's answer.
 *
 * @param {number} index
 * @returns {{ role: 'user' | 'assistant', content: string }[]}
 */
export function turnAt(index) {
  const word = wordAt(index);
  return [
    { role: 'user', content: `Em nghĩ từ này là "${word}" phải không cô? (${index})` },
    {
      role: 'assistant',
      content: `Very good! Listen once more: "${word}". Now you say it, slowly, and then use it in a sentence. (${index})`,
    },
  ];
}

/** @param {number} index */
function wordAt(index) {
  return WORDS[index % WORDS.length];
}
