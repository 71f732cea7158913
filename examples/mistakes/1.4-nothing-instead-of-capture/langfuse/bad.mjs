// The mistake: capture is off, against the cost and the leaks, and nothing has taken its place. Three spans a request
// arrive that nobody can find again or tell apart.
import { observe } from '@langfuse/tracing';
import { askModel, classifyIntent, promptFor } from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';
import { startLangfuse } from '../../tracing/langfuse.mjs';

const off = { captureInput: false, captureOutput: false };
const classify = observe(classifyIntent, { name: 'intent.classify', ...off });
const ask = observe(askModel, { name: 'llm.reply', asType: 'generation', ...off });

export const handle = observe(
  async (request) => {
    const intent = await classify({ message: request.message, target: request.target_word });
    const { text } = await ask(promptFor(request, intent));
    return text;
  },
  { name: 'lesson.webhook', ...off },
);

let tracing;

export function setUp({ url }) {
  tracing = startLangfuse({ url });
}

export const flush = () => tracing.flush();
export const tearDown = () => tracing.stop();

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
