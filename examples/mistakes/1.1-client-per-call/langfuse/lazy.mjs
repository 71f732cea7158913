// The mistake: the client is made, and its packages are loaded, by the first request that wants to trace.
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
  const [{ startLangfuse }, { observe }] = await Promise.all([
    import('../../tracing/langfuse.mjs'),
    import('@langfuse/tracing'),
  ]);
  return { ...startLangfuse({ url }), webhook: traced(observe) };
}

function traced(observe) {
  const classify = observe(classifyIntent, { name: 'intent.classify' });
  const ask = observe(askModel, { name: 'llm.reply', asType: 'generation' });
  return observe(
    async (request) => {
      const intent = await classify({ message: request.message, target: request.target_word });
      return ask(promptFor(request, intent));
    },
    { name: 'lesson.webhook' },
  );
}

export const flush = async () => (await tracing)?.flush();
export const tearDown = async () => (await tracing)?.stop();

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
