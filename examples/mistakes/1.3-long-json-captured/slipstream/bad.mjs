// The mistake: the whole conversation, 200 KB of JSON, goes through three spans of each request. It costs
// copies into shared memory here; that it is JSON one day is the worker's business.
import { configure, getClient, observe } from '@slipstream/sdk';
import { loadConversation, saveConversation, withTurn } from '../../lesson/store.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const load = observe(loadConversation, { name: 'redis.load' });
const save = observe(saveConversation, { name: 'redis.save' });
const answer = observe(answerWith, { name: 'lesson.answer' });

export const handle = observe(
  async (request) => {
    const conversation = await load(request.conversation_id);
    const text = await answer(conversation, request.message);
    await save(withTurn(conversation, request.message, text));
    return text;
  },
  { name: 'lesson.webhook' },
);

async function answerWith(conversation, message) {
  return `Very good! Lesson ${conversation.lesson_id} goes on. (${message.length})`;
}

export function setUp({ url }) {
  configure({ service: 'robot-lesson', url });
}

export const flush = () => getClient().flush();
export const tearDown = () => getClient().shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
