// The mistake: every little function is a span: 33 a request, nested 32 deep, each with what it took and gave.
import { configure, getClient, observe } from '@slipstream/sdk';
import { nestLevels } from '../../lesson/levels.mjs';
import { askModel, classifyIntent, promptFor } from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const classify = observe(classifyIntent, { name: 'intent.classify' });
const ask = observe(askModel, { name: 'llm.reply', type: 'generation' });
const decide = nestLevels(
  (message, target) => classify({ message, target }),
  (name, level) => observe(level, { name }),
);

export const handle = observe(
  async (request) => {
    const intent = await decide(request.message, request.target_word);
    return ask(promptFor(request, intent));
  },
  { name: 'lesson.webhook' },
);

export function setUp({ url }) {
  configure({ service: 'robot-lesson', url });
}

export const flush = () => getClient().flush();
export const tearDown = () => getClient().shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
