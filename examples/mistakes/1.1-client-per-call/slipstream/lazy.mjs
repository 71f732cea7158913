// The mistake: the SDK is loaded and configured by the first request that wants to trace.
import { askModel, classifyIntent, promptFor } from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

let url = '';
let tracing;

export function setUp(options) {
  url = options.url;
}

export async function handle(request) {
  tracing ??= startTracing();
  const { webhook } = await tracing;
  return webhook(request);
}

async function startTracing() {
  const { configure, observe } = await import('@slipstream/sdk');
  return { client: configure({ service: 'robot-lesson', url }), webhook: traced(observe) };
}

function traced(observe) {
  const classify = observe(classifyIntent, { name: 'intent.classify' });
  const ask = observe(askModel, { name: 'llm.reply', type: 'generation' });
  return observe(
    async (request) => {
      const intent = await classify({ message: request.message, target: request.target_word });
      return ask(promptFor(request, intent));
    },
    { name: 'lesson.webhook' },
  );
}

export const flush = async () => (await tracing)?.client.flush();
export const tearDown = async () => (await tracing)?.client.shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
