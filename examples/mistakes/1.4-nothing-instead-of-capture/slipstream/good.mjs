// The cure: capture stays off, and a few ids and short texts say what happened, each on its own level.
import { configure, getClient, observe } from '@slipstream/sdk';
import {
  askModel,
  classifyIntent,
  nextActionAfter,
  promptFor,
  summarizeTurns,
  TRACED_CHARACTERS,
} from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const off = { captureInput: false, captureOutput: false };
const classify = observe(classifyIntent, { name: 'intent.classify', ...off });
const ask = observe(
  async (messages) => {
    const answer = await askModel(messages);
    const { model, usage: usageDetails, cost: costDetails } = answer;
    // The generation: what one adds up and compares.
    getClient().updateCurrentGeneration({ model, usageDetails, costDetails });
    return answer;
  },
  { name: 'llm.reply', type: 'generation', ...off },
);

export const handle = observe(
  async (request) => {
    const { user_id: userId, conversation_id, bot_id } = request;
    // The trace: what one filters by. From anywhere in it.
    getClient().updateCurrentTrace({ userId, sessionId: conversation_id, metadata: { conversation_id, bot_id } });
    const intent = await classify({ message: request.message, target: request.target_word });
    // The span: what this step was about, and what came of it.
    getClient().updateCurrentSpan({
      metadata: {
        message: request.message.slice(0, TRACED_CHARACTERS),
        next_action: nextActionAfter(intent),
        messages_summary: summarizeTurns(request.history),
      },
    });
    const { text } = await ask(promptFor(request, intent));
    return text;
  },
  { name: 'lesson.webhook', ...off },
);

export function setUp({ url }) {
  configure({ service: 'robot-lesson', url });
}

export const flush = () => getClient().flush();
export const tearDown = () => getClient().shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
