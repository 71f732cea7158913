// The cure: capture off where the state passes, and light metadata that says which state it was.
import { configure, getClient, observe } from '@slipstream/sdk';
import { TRACED_CHARACTERS } from '../../lesson/robot.mjs';
import { loadConversation, saveConversation, withTurn } from '../../lesson/store.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const off = { captureInput: false, captureOutput: false };
const load = observe(
  async (id) => {
    const conversation = await loadConversation(id);
    getClient().updateCurrentSpan({ metadata: { conversation_id: id, turns: conversation.turns.length } });
    return conversation;
  },
  { name: 'redis.load', ...off },
);
const save = observe(saveConversation, { name: 'redis.save', ...off });
const answer = observe(
  async (conversation, message) => {
    getClient().updateCurrentSpan({ metadata: { message: message.slice(0, TRACED_CHARACTERS) } });
    return answerWith(conversation, message);
  },
  { name: 'lesson.answer', ...off },
);

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
