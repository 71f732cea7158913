// Traceloop's (OpenLLMetry's) instrumentation of the OpenAI package, with spans by hand around it after its conventions.
import { readFileSync } from 'node:fs';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { SpanAttributes } from '@traceloop/ai-semantic-conventions';
import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai';
import OpenAI from 'openai';
import { seenSpans } from './seen-spans.mjs';

const story = JSON.parse(readFileSync(new URL('../story.json', import.meta.url), 'utf8'));
const told = { spans: {}, times: {}, answers: {} };

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({
    'service.name': story.service,
    'service.version': story.version,
    'deployment.environment.name': story.environment,
  }),
  spanProcessors: [seenSpans(told), new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const instrumentation = new OpenAIInstrumentation();
instrumentation.setTracerProvider(provider);
instrumentation.manuallyInstrument(OpenAI);

const openai = new OpenAI({ maxRetries: 0 });
const tracer = trace.getTracer('robot-lesson.tracing', '0.9.0');

const properties = {
  [`${SpanAttributes.TRACELOOP_ASSOCIATION_PROPERTIES}.user_id`]: story.userId,
  [`${SpanAttributes.TRACELOOP_ASSOCIATION_PROPERTIES}.session_id`]: story.sessionId,
  [`${SpanAttributes.TRACELOOP_ASSOCIATION_PROPERTIES}.bot_id`]: story.metadata.bot_id,
  [`${SpanAttributes.TRACELOOP_ASSOCIATION_PROPERTIES}.kênh`]: story.propagated.kênh,
};

async function inSpan(name, kind, input, work) {
  const attributes = {
    ...properties,
    [SpanAttributes.TRACELOOP_SPAN_KIND]: kind,
    [SpanAttributes.TRACELOOP_ENTITY_NAME]: name,
    [SpanAttributes.TRACELOOP_ENTITY_INPUT]: JSON.stringify({ args: [input], kwargs: {} }),
  };
  return tracer.startActiveSpan(`${name}.${kind}`, { attributes }, async (span) => {
    try {
      const output = await work();
      span.setAttribute(SpanAttributes.TRACELOOP_ENTITY_OUTPUT, JSON.stringify(output));
      return output;
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      throw error;
    } finally {
      span.end();
    }
  });
}

async function search() {
  told.answers.chat = await openai.chat.completions.create({
    model: story.model,
    messages: story.messages,
    ...story.modelParameters,
  });
  return story.documents;
}

async function broken() {
  await openai.chat.completions.create({
    model: story.model,
    messages: [{ role: 'user', content: `${story.query} [[fault:server-error]]` }],
  });
}

async function lesson() {
  await inSpan('search', 'tool', { query: story.query }, search);
  const stream = await openai.chat.completions.create({
    model: story.model,
    messages: [{ role: 'user', content: story.question }],
    stream: true,
    stream_options: { include_usage: true },
  });
  told.answers.streamed = { text: '' };
  for await (const chunk of stream) {
    told.answers.streamed.id = chunk.id;
    told.answers.streamed.text += chunk.choices[0]?.delta.content ?? '';
    if (chunk.usage) told.answers.streamed.usage = chunk.usage;
  }
  await inSpan('unknown-lesson', 'tool', story.query, broken).catch((error) => {
    told.error = error.message;
  });
  return story.lessonOutput;
}

await inSpan('lesson', 'workflow', story.lessonInput, lesson);

await provider.shutdown();
console.log(JSON.stringify(told));
