// The cure: capture stays off, and a few ids and short texts say what happened, each on its own level.
import { observe, propagateAttributes, updateActiveObservation } from '@langfuse/tracing';
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
import { startLangfuse } from '../../tracing/langfuse.mjs';

const off = { captureInput: false, captureOutput: false };
const classify = observe(classifyIntent, { name: 'intent.classify', ...off });
const ask = observe(
  async (messages) => {
    const answer = await askModel(messages);
    const { model, usage: usageDetails, cost: costDetails } = answer;
    // The generation: what one adds up and compares.
    updateActiveObservation({ model, usageDetails, costDetails }, { asType: 'generation' });
    return answer;
  },
  { name: 'llm.reply', asType: 'generation', ...off },
);

const webhook = observe(
  async (request) => {
    const intent = await classify({ message: request.message, target: request.target_word });
    // The span: what this step was about, and what came of it.
    updateActiveObservation({
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

/** The trace: what one filters by. Around the first span, since it is put on every span that begins inside. */
export function handle(request) {
  const { user_id: userId, conversation_id, bot_id } = request;
  const trace = { userId, sessionId: conversation_id, metadata: { conversation_id, bot_id } };
  return propagateAttributes(trace, () => webhook(request));
}

let tracing;

export function setUp({ url }) {
  tracing = startLangfuse({ url });
}

export const flush = () => tracing.flush();
export const tearDown = () => tracing.stop();

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
