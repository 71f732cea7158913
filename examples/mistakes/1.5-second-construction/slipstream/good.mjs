// The cure: one client for the process, looked up without arguments, and the second one is explicit: `createClient`.
import { configure, createClient, getClient, observe } from '@slipstream/sdk';
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

let safety;
let checkSafetyTraced;

export function setUp({ url }) {
  // One lesson in twenty is enough.
  configure({ service: 'robot-lesson', url, sampleRate: 0.05 });
  // Each check is kept.
  safety = createClient({ service: 'robot-safety', url });
  checkSafetyTraced = observe(checkSafety, { name: 'safety.check', client: safety });
}

/** How tracing is found in each request; the lab measures it alone. */
export const lookUp = () => getClient();

export async function handle(request) {
  checkSafetyTraced(request.message);
  return webhook(request);
}

export const flush = () => Promise.all([getClient().flush(), safety.flush()]);
export const tearDown = () => Promise.all([getClient().shutdown(), safety.shutdown()]);

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
