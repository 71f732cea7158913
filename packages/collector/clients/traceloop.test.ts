import { expect, it } from 'vitest';
import { checkTrace } from './support/check.js';
import { type ExpectedTrace, json } from './support/expectation.js';
import { describeClient } from './support/installed.js';
import type { Told } from './support/program.js';
import { type AnswerUsage, exceptionEvent, recordWithLlm, usageOf } from './support/record-llm.js';
import { story } from './support/story.js';

const PROGRAM = { language: 'javascript', program: 'traceloop' } as const;

const OWN = { scopeName: 'robot-lesson.tracing', scopeVersion: '0.9.0', version: story.version };
const OPENAI = { scopeName: '@traceloop/instrumentation-openai', scopeVersion: '0.27.0', version: story.version };

const LESSON = 'lesson.workflow 1';

interface Answers {
  readonly chat: {
    readonly id: string;
    readonly choices: readonly { readonly message: { readonly content: string } }[];
    readonly usage: AnswerUsage;
  };
  readonly streamed: { readonly id: string; readonly text: string };
}

/** User and session among the association properties become the trace's. */
const ASSOCIATION = { bot_id: String(story.metadata.bot_id), kênh: story.propagated.kênh ?? '' };

function entity(kind: string, name: string): Record<string, string> {
  return {
    ...ASSOCIATION,
    'attributes.traceloop.span.kind': kind,
    'attributes.traceloop.entity.name': name,
  };
}

/** The library takes association properties from Traceloop's own SDK only, so that its spans have none here. */
function call(responseId: string): Record<string, string> {
  return {
    'attributes.gen_ai.provider.name': 'openai',
    'attributes.gen_ai.operation.name': 'chat',
    'attributes.gen_ai.response.id': responseId,
    'attributes.gen_ai.response.finish_reasons': json(['stop']),
    'span.kind': 'client',
  };
}

const parts = (content: string) => [{ type: 'text', content }];
const answerOf = (content: string) => json([{ role: 'assistant', finish_reason: 'stop', parts: parts(content) }]);

function expectedOf(told: Told): ExpectedTrace {
  const { chat, streamed } = told.answers as Answers;
  return {
    name: 'lesson.workflow',
    service: story.service,
    environment: story.environment,
    userId: story.userId,
    sessionId: story.sessionId,
    // Its conventions have none.
    tags: [],
    observations: [
      {
        ...OWN,
        key: LESSON,
        type: 'chain',
        name: 'lesson.workflow',
        input: json({ args: [story.lessonInput], kwargs: {} }),
        output: json(story.lessonOutput),
        metadata: entity('workflow', 'lesson'),
      },
      {
        ...OWN,
        key: 'search.tool 1',
        parent: LESSON,
        type: 'tool',
        name: 'search.tool',
        input: json({ args: [{ query: story.query }], kwargs: {} }),
        output: json(story.documents),
        metadata: entity('tool', 'search'),
      },
      {
        ...OPENAI,
        key: `chat ${story.model} 1`,
        parent: 'search.tool 1',
        type: 'generation',
        name: `chat ${story.model}`,
        input: json(story.messages.map(({ role, content }) => ({ role, parts: parts(content) }))),
        output: answerOf(chat.choices[0]?.message.content ?? ''),
        model: story.model,
        modelParameters: json(story.modelParameters),
        ...usageOf(chat.usage),
        metadata: call(chat.id),
      },
      {
        ...OPENAI,
        key: `chat ${story.model} 2`,
        parent: LESSON,
        type: 'generation',
        name: `chat ${story.model}`,
        input: json([{ role: 'user', parts: parts(story.question) }]),
        output: answerOf(streamed.text),
        model: story.model,
        // The library sends no usage of an answer that it streamed, unless it is told to count the tokens itself.
        metadata: call(streamed.id),
      },
      // The library starts a span for the call that fails in here, and never ends it: nothing of it is sent.
      {
        ...OWN,
        key: 'unknown-lesson.tool 1',
        parent: LESSON,
        type: 'tool',
        name: 'unknown-lesson.tool',
        level: 'ERROR',
        statusMessage: '500 The server had an error (injected)',
        input: json({ args: [story.query], kwargs: {} }),
        metadata: {
          ...entity('tool', 'unknown-lesson'),
          events: json(exceptionEvent('server_error', '500 The server had an error (injected)')),
        },
      },
    ],
  };
}

describeClient('Traceloop (OpenAI)', PROGRAM, () => {
  it('finds every field stored as it was told', async () => {
    const { stored, result } = await recordWithLlm(PROGRAM);
    expect(result.told.error).toBe('500 The server had an error (injected)');
    checkTrace(stored, expectedOf(result.told), result);
  });
});
