// The mistake: each request configures the client anew. With equal values that is the same client, so that what is
// left of the mistake is the price of comparing the options.
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

let url = '';

export function setUp(options) {
  url = options.url;
}

export async function handle(request) {
  configure({ service: 'robot-lesson', url });
  return webhook(request);
}

export const flush = () => getClient().flush();
export const tearDown = () => getClient().shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
