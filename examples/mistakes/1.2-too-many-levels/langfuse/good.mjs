// The cure: a span for each level that says something: the request, the decision, the call of the model.
import { observe } from '@langfuse/tracing';
import { nestLevels } from '../../lesson/levels.mjs';
import { askModel, classifyIntent, promptFor } from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';
import { startLangfuse } from '../../tracing/langfuse.mjs';

const classify = observe(classifyIntent, { name: 'intent.classify' });
const ask = observe(askModel, { name: 'llm.reply', asType: 'generation' });
const decide = nestLevels(
  (message, target) => classify({ message, target }),
  (_name, level) => level,
);

export const handle = observe(
  async (request) => {
    const intent = await decide(request.message, request.target_word);
    return ask(promptFor(request, intent));
  },
  { name: 'lesson.webhook' },
);

let tracing;

export function setUp({ url }) {
  tracing = startLangfuse({ url });
}

export const flush = () => tracing.flush();
export const tearDown = () => tracing.stop();

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
