// OpenTelemetry's JavaScript SDK by hand, with the names of the GenAI conventions. The argument is the exporter.
import { readFileSync } from 'node:fs';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const story = JSON.parse(readFileSync(new URL('../story.json', import.meta.url), 'utf8'));
const EXPORTERS = { json: JsonExporter, proto: ProtoExporter, grpc: GrpcExporter };

// Address and headers are in the environment.
const Exporter = EXPORTERS[process.argv[2]];
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({
    'service.name': story.service,
    'service.version': story.version,
    'deployment.environment.name': story.environment,
    'langfuse.release': story.release,
  }),
  spanProcessors: [new BatchSpanProcessor(new Exporter())],
});
trace.setGlobalTracerProvider(provider);
const tracer = trace.getTracer('robot-lesson.tracing', '0.9.0');

const told = { spans: {}, times: {} };
const startedMs = Date.now() - 10_000;
const at = (offsetMs) => startedMs + offsetMs;

function start(key, name, { parent, kind = SpanKind.INTERNAL, attributes, startMs, endMs, links }) {
  const around = parent ? trace.setSpan(context.active(), parent) : context.active();
  const span = tracer.startSpan(name, { kind, attributes, links, startTime: at(startMs) }, around);
  told.spans[key] = span.spanContext().spanId;
  told.times[key] = { startUs: at(startMs) * 1_000, endUs: at(endMs) * 1_000 };
  return span;
}

const lesson = start('lesson', story.traceName, {
  kind: SpanKind.SERVER,
  startMs: 0,
  endMs: 3_000,
  attributes: {
    'user.id': story.userId,
    'session.id': story.sessionId,
    'langfuse.trace.tags': story.tags,
    'langfuse.trace.metadata.lesson_id': story.propagated.lesson_id,
    'input.value': story.question,
    'output.value': story.answer.content,
  },
});
told.traceId = lesson.spanContext().traceId;

const search = start('search', 'execute_tool search', {
  parent: lesson,
  startMs: 100,
  endMs: 1_700,
  attributes: {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    'gen_ai.tool.call.id': 'call_1',
    'gen_ai.tool.call.arguments': JSON.stringify({ query: story.query }),
    'gen_ai.tool.call.result': JSON.stringify(story.documents),
  },
});

const chat = start('answer', `chat ${story.model}`, {
  parent: search,
  kind: SpanKind.CLIENT,
  startMs: 150,
  endMs: 1_650,
  links: [{ context: lesson.spanContext(), attributes: { vì: 'câu hỏi' } }],
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': story.model,
    'gen_ai.request.temperature': story.modelParameters.temperature,
    'gen_ai.request.max_tokens': story.modelParameters.max_tokens,
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.model': story.model,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: story.messages[0].content }]),
    'gen_ai.input.messages': JSON.stringify([
      { role: 'user', parts: [{ type: 'text', content: story.messages[1].content }] },
    ]),
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: story.answer.content }], finish_reason: 'stop' },
    ]),
    'gen_ai.usage.input_tokens': story.openaiUsage.prompt_tokens,
    'gen_ai.usage.output_tokens': story.openaiUsage.completion_tokens,
    'gen_ai.usage.cache_read.input_tokens': story.openaiUsage.prompt_tokens_details.cached_tokens,
    'gen_ai.usage.reasoning.output_tokens': story.openaiUsage.completion_tokens_details.reasoning_tokens,
    'gen_ai.usage.cost': 0.0033,
    'lesson.kind': 'động vật 🐘',
    'lesson.words': ['voi', 'ngựa 🐎'],
    'lesson.level': 5,
    'lesson.ratio': 0.75,
    'lesson.repeated': false,
    'server.address': 'api.example.com',
    'server.port': 443,
  },
});
chat.end(at(1_650));
search.end(at(1_700));

const unknown = start('unknownLesson', 'unknown-lesson', { parent: lesson, startMs: 1_800, endMs: 1_850 });
unknown.recordException({ name: 'LookupError', message: story.error }, at(1_840));
unknown.setStatus({ code: SpanStatusCode.ERROR, message: story.error });
unknown.end(at(1_850));

lesson.addEvent('cache.miss', { query: story.query, nested: ['một', 'hai'] }, at(2_950));
lesson.end(at(3_000));
told.eventNs = { lesson: `${at(2_950)}000000`, unknownLesson: `${at(1_840)}000000` };

await provider.shutdown();
console.log(JSON.stringify(told));
