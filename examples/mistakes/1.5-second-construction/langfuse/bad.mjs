// The mistake: two parts of the application set tracing up, each with arguments of its own. The second set is silently
// ignored: every lesson is kept, not one in twenty, and all of them as `robot-safety`.
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { getLangfuseTracer, observe } from '@langfuse/tracing';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { askModel, checkSafety, classifyIntent, promptFor } from '../../lesson/robot.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const classify = observe(classifyIntent, { name: 'intent.classify' });
const ask = observe(askModel, { name: 'llm.reply', asType: 'generation' });
const webhook = observe(
  async (request) => {
    const intent = await classify({ message: request.message, target: request.target_word });
    return ask(promptFor(request, intent));
  },
  { name: 'lesson.webhook' },
);
const checkSafetyTraced = observe(checkSafety, { name: 'safety.check' });

const clients = [];

export function setUp({ url }) {
  // The part that checks messages: each check is kept.
  start({ serviceName: 'robot-safety' }, url);
  // The part that teaches: one lesson in twenty is enough.
  start({ serviceName: 'robot-lesson', sampler: new TraceIdRatioBasedSampler(0.05) }, url);
}

function start(options, url) {
  const processor = new LangfuseSpanProcessor({ ...settings.langfuseKeys, baseUrl: url });
  const sdk = new NodeSDK({ ...options, spanProcessors: [processor] });
  sdk.start();
  clients.push({ processor, sdk });
}

export async function handle(request) {
  checkSafetyTraced(request.message);
  return webhook(request);
}

/** How tracing is found in each request; the lab measures it alone. */
export const lookUp = () => getLangfuseTracer();

/** What the application was told about its mistake; the lab counts it. */
export const told = [];

export const flush = () => Promise.all(clients.map(({ processor }) => processor.forceFlush()));
export const tearDown = () => Promise.all(clients.map(({ sdk }) => sdk.shutdown()));

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
