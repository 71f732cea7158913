// The mistake: two parts of the application configure tracing, each with values of its own, and one of them configures
// it again in each request. The second configuration throws when the application starts, and names both places; an
// application would end there. This one goes on, so that the rest can be measured.
import { configure, getClient, observe } from '@slipstream/sdk';
import { askModel, checkSafety, classifyIntent, promptFor } from '../../lesson/robot.mjs';
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
const checkSafetyTraced = observe(checkSafety, { name: 'safety.check' });

/** What the application was told about its mistake; the lab counts it. */
export const told = [];
let url = '';

export function setUp(options) {
  url = options.url;
  // The part that checks messages: each check is kept.
  lookUp();
  try {
    // The part that teaches: one lesson in twenty is enough.
    configure({ service: 'robot-lesson', url, sampleRate: 0.05 });
  } catch (error) {
    told.push(error.message);
  }
}

/** How tracing is found in each request; the lab measures it alone. */
export function lookUp() {
  return configure({ service: 'robot-safety', url });
}

export async function handle(request) {
  lookUp();
  checkSafetyTraced(request.message);
  return webhook(request);
}

export const flush = () => getClient().flush();
export const tearDown = () => getClient().shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
