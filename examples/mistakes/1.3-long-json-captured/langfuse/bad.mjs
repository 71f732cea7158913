// The mistake: the whole conversation, 200 KB of JSON, goes through three spans of each request.
import { observe } from '@langfuse/tracing';
import { loadConversation, saveConversation, withTurn } from '../../lesson/store.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';
import { startLangfuse } from '../../tracing/langfuse.mjs';

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

let tracing;

export function setUp({ url }) {
  tracing = startLangfuse({ url });
}

export const flush = () => tracing.flush();
export const tearDown = () => tracing.stop();

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
