// The cure: one client for the process, made before the first request.
import { observe } from '@langfuse/tracing';
import { askModel, classifyIntent, promptFor } from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';
import { startLangfuse } from '../../tracing/langfuse.mjs';

const classify = observe(classifyIntent, { name: 'intent.classify' });
const ask = observe(askModel, { name: 'llm.reply', asType: 'generation' });
const webhook = observe(
  async (request) => {
    const intent = await classify({ message: request.message, target: request.target_word });
    return ask(promptFor(request, intent));
  },
  { name: 'lesson.webhook' },
);

let tracing;

export function setUp({ url }) {
  tracing = startLangfuse({ url });
}

export const handle = (request) => webhook(request);
export const flush = () => tracing.flush();
export const tearDown = () => tracing.stop();

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
