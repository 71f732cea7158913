// The mistake: each request makes a client of its own.
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { observe } from '@langfuse/tracing';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { askModel, classifyIntent, promptFor } from '../../lesson/robot.mjs';
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

const clients = [];
let url = '';

export function setUp(options) {
  url = options.url;
}

export async function handle(request) {
  makeClient();
  return webhook(request);
}

/** OpenTelemetry takes the first one and silently ignores the others; making them is paid for each time. */
function makeClient() {
  const processor = new LangfuseSpanProcessor({ ...settings.langfuseKeys, baseUrl: url });
  const sdk = new NodeSDK({ serviceName: 'robot-lesson', spanProcessors: [processor] });
  sdk.start();
  clients.push({ processor, sdk });
}

export const flush = () => Promise.all(clients.map(({ processor }) => processor.forceFlush()));
export const tearDown = () => Promise.all(clients.map(({ sdk }) => sdk.shutdown()));

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
