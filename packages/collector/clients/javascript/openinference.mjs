// OpenInference's instrumentation of the OpenAI package, with spans by hand around it after OpenInference's conventions.
import { readFileSync } from 'node:fs';
import { getAttributesFromContext, setMetadata, setSession, setTags, setUser } from '@arizeai/openinference-core';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { OpenInferenceSpanKind, SemanticConventions } from '@arizeai/openinference-semantic-conventions';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
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
const instrumentation = new OpenAIInstrumentation({ tracerProvider: provider });
instrumentation.manuallyInstrument(OpenAI);

const openai = new OpenAI({ maxRetries: 0 });
const tracer = trace.getTracer('robot-lesson.tracing', '0.9.0');

async function inSpan(name, kind, input, work) {
  const attributes = {
    ...getAttributesFromContext(context.active()),
    [SemanticConventions.OPENINFERENCE_SPAN_KIND]: kind,
    [SemanticConventions.INPUT_VALUE]: typeof input === 'string' ? input : JSON.stringify(input),
    [SemanticConventions.INPUT_MIME_TYPE]: typeof input === 'string' ? 'text/plain' : 'application/json',
  };
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      const output = await work();
      span.setAttribute(SemanticConventions.OUTPUT_VALUE, JSON.stringify(output));
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
  const vectors = await openai.embeddings.create({ model: 'text-embedding-3-small', input: story.query });
  told.answers.embeddings = { dimensions: vectors.data[0].embedding.length, usage: vectors.usage };
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
  await inSpan('search', OpenInferenceSpanKind.TOOL, { query: story.query }, search);
  const stream = await openai.chat.completions.create({
    model: story.model,
    messages: [{ role: 'user', content: story.question }],
    stream: true,
    stream_options: { include_usage: true },
  });
  told.answers.streamed = { text: '' };
  for await (const chunk of stream) {
    told.answers.streamed.text += chunk.choices[0]?.delta.content ?? '';
    if (chunk.usage) told.answers.streamed.usage = chunk.usage;
  }
  await inSpan('unknown-lesson', OpenInferenceSpanKind.TOOL, story.query, broken).catch((error) => {
    told.error = error.message;
  });
  return story.lessonOutput;
}

let around = setSession(context.active(), { sessionId: story.sessionId });
around = setUser(around, { userId: story.userId });
around = setTags(around, story.tags);
around = setMetadata(around, story.metadata);
await context.with(around, () => inSpan(story.traceName, OpenInferenceSpanKind.AGENT, story.lessonInput, lesson));

await provider.shutdown();
console.log(JSON.stringify(told));
