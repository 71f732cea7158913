// The cure: configured once, before the first request.
import { configure, getClient, observe } from '@slipstream/sdk';
import { askModel, classifyIntent, promptFor } from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const classify = observe(classifyIntent, { name: 'intent.classify' });
const ask = observe(askModel, { name: 'llm.reply', type: 'generation' });
const webhook = observe(
  async (request) => {
    const intent = await classify({ message: request.message, target: request.target_word });
    return ask(promptFor(request, intent));
  },
  { name: 'lesson.webhook' },
);

export function setUp({ url }) {
  configure({ service: 'robot-lesson', url });
}

export const handle = (request) => webhook(request);
export const flush = () => getClient().flush();
export const tearDown = () => getClient().shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
