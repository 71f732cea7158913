// The mistake: capture is off, against the cost and the leaks, and nothing has taken its place. Three spans a request
// arrive that nobody can find again or tell apart.
import { configure, getClient, observe } from '@slipstream/sdk';
import { askModel, classifyIntent, promptFor } from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const off = { captureInput: false, captureOutput: false };
const classify = observe(classifyIntent, { name: 'intent.classify', ...off });
const ask = observe(askModel, { name: 'llm.reply', type: 'generation', ...off });

export const handle = observe(
  async (request) => {
    const intent = await classify({ message: request.message, target: request.target_word });
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
