import { type ExpectedTrace, json, SUMMARY_USAGE } from './expectation.js';
import type { Told } from './program.js';
import { story } from './story.js';

const SCOPE = { scopeName: 'robot-lesson.tracing', scopeVersion: '0.9.0', version: story.version };

export interface OpenTelemetryVariant {
  /** What the library adds to the exception that it records. */
  readonly exception: Readonly<Record<string, unknown>>;
  /** Of the root. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The lesson as OpenTelemetry's libraries are told it, by the GenAI conventions. */
export function openTelemetryLesson(told: Told, { exception, metadata }: OpenTelemetryVariant): ExpectedTrace {
  const eventNs = told.eventNs as Readonly<Record<'lesson' | 'unknownLesson', string>>;
  return {
    name: story.traceName,
    service: story.service,
    environment: story.environment,
    release: story.release,
    userId: story.userId,
    sessionId: story.sessionId,
    tags: story.tags,
    metadata: { lesson_id: story.propagated.lesson_id ?? '' },
    observations: [
      {
        ...SCOPE,
        key: 'lesson',
        type: 'span',
        name: story.traceName,
        input: story.question,
        output: story.answer.content,
        metadata: {
          ...metadata,
          'span.kind': 'server',
          events: json([
            {
              name: 'cache.miss',
              timeUnixNano: eventNs.lesson,
              attributes: { query: story.query, nested: ['một', 'hai'] },
            },
          ]),
        },
      },
      {
        ...SCOPE,
        key: 'search',
        parent: 'lesson',
        type: 'tool',
        // The tool's own name, as Langfuse has it.
        name: 'search',
        input: json({ query: story.query }),
        output: json(story.documents),
        metadata: {
          'attributes.gen_ai.operation.name': 'execute_tool',
          'attributes.gen_ai.tool.name': 'search',
          'attributes.gen_ai.tool.call.id': 'call_1',
          'span.name': 'execute_tool search',
        },
      },
      generation(told),
      {
        ...SCOPE,
        key: 'unknownLesson',
        parent: 'lesson',
        type: 'span',
        name: 'unknown-lesson',
        level: 'ERROR',
        statusMessage: story.error,
        metadata: {
          events: json([
            {
              name: 'exception',
              timeUnixNano: eventNs.unknownLesson,
              attributes: { 'exception.type': 'LookupError', 'exception.message': story.error, ...exception },
            },
          ]),
        },
      },
    ],
  };
}

function generation(told: Told): ExpectedTrace['observations'][number] {
  const [system, user] = story.messages;
  const textPart = (content: string | undefined) => ({ type: 'text', content });
  return {
    ...SCOPE,
    key: 'answer',
    parent: 'search',
    type: 'generation',
    name: `chat ${story.model}`,
    input: json([
      { role: 'system', parts: [textPart(system?.content)] },
      { role: 'user', parts: [textPart(user?.content)] },
    ]),
    output: json([{ role: 'assistant', parts: [textPart(story.answer.content)], finish_reason: 'stop' }]),
    model: story.model,
    modelParameters: json(story.modelParameters),
    usageDetails: SUMMARY_USAGE,
    costDetails: { total: 0.0033 },
    metadata: {
      'attributes.gen_ai.operation.name': 'chat',
      'attributes.gen_ai.provider.name': 'openai',
      'attributes.gen_ai.response.id': 'chatcmpl-1',
      'attributes.gen_ai.response.finish_reasons': json(['stop']),
      'attributes.lesson.kind': 'động vật 🐘',
      'attributes.lesson.words': json(['voi', 'ngựa 🐎']),
      'attributes.lesson.level': '5',
      'attributes.lesson.ratio': '0.75',
      'attributes.lesson.repeated': 'false',
      'attributes.server.address': 'api.example.com',
      'attributes.server.port': '443',
      'span.kind': 'client',
      links: json([{ traceId: told.traceId, spanId: told.spans.lesson, attributes: { vì: 'câu hỏi' } }]),
    },
  };
}
