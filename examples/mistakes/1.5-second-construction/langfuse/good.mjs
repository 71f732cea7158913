// The cure: one client for the process, and the second one is explicit: a provider of its own, which is not registered
// as the global one, and is handed to whoever uses it.
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { getLangfuseTracer, observe } from '@langfuse/tracing';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
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

let lessons;
let safety;
let checkSafetyTraced;

export function setUp({ url }) {
  lessons = startLessons(url);
  safety = createSafety(url);
  checkSafetyTraced = traceSafety(safety.provider.getTracer('robot-safety'));
}

/** One lesson in twenty is enough. */
function startLessons(url) {
  const processor = new LangfuseSpanProcessor({ ...settings.langfuseKeys, baseUrl: url });
  const sampler = new TraceIdRatioBasedSampler(0.05);
  const sdk = new NodeSDK({ serviceName: 'robot-lesson', sampler, spanProcessors: [processor] });
  sdk.start();
  return { processor, sdk };
}

/** Each check is kept. Langfuse drops spans of tracers that it does not know, unless it is told not to. */
function createSafety(url) {
  const keepAll = { shouldExportSpan: () => true };
  const processor = new LangfuseSpanProcessor({ ...settings.langfuseKeys, baseUrl: url, ...keepAll });
  const resource = resourceFromAttributes({ 'service.name': 'robot-safety' });
  return { processor, provider: new NodeTracerProvider({ resource, spanProcessors: [processor] }) };
}

/** `observe` knows only the one global client, so the second one is used through OpenTelemetry's API. */
function traceSafety(tracer) {
  return (message) =>
    tracer.startActiveSpan('safety.check', { root: true }, (span) => {
      try {
        span.setAttribute('langfuse.observation.input', message);
        const verdict = checkSafety(message);
        span.setAttribute('langfuse.observation.output', JSON.stringify(verdict));
        return verdict;
      } finally {
        span.end();
      }
    });
}

export async function handle(request) {
  checkSafetyTraced(request.message);
  return webhook(request);
}

/** How tracing is found in each request; the lab measures it alone. */
export const lookUp = () => getLangfuseTracer();

export const flush = () => Promise.all([lessons.processor.forceFlush(), safety.processor.forceFlush()]);
export const tearDown = () => Promise.all([lessons.sdk.shutdown(), safety.provider.shutdown()]);

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
