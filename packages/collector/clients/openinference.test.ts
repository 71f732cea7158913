import { expect, it } from 'vitest';
import { checkTrace } from './support/check.js';
import { type ExpectedTrace, json, metadataOf } from './support/expectation.js';
import { describeClient } from './support/installed.js';
import type { Told } from './support/program.js';
import { type AnswerUsage, exceptionEvent, recordWithLlm, usageOf } from './support/record-llm.js';
import { story } from './support/story.js';

const PROGRAM = { language: 'javascript', program: 'openinference' } as const;

const OWN = { scopeName: 'robot-lesson.tracing', scopeVersion: '0.9.0', version: story.version };
const OPENAI = {
  scopeName: '@arizeai/openinference-instrumentation-openai',
  scopeVersion: '4.2.7',
  version: story.version,
};

const LESSON = `${story.traceName} 1`;

interface Answers {
  readonly chat: { readonly usage: AnswerUsage };
  readonly streamed: { readonly text: string };
}

/** OpenInference's context gives each span the whole metadata; its kind and types of text have no place of their own. */
function metadata(kind: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const attributes = { 'openinference.span.kind': kind, ...more };
  return {
    ...metadataOf(story.metadata),
    ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`attributes.${key}`, value])),
  };
}

const JSON_INPUT = { 'input.mime_type': 'application/json' };
const TEXT_INPUT = { 'input.mime_type': 'text/plain' };

function expectedOf(told: Told): ExpectedTrace {
  const { chat, streamed } = told.answers as Answers;
  const chatBody = { model: story.model, messages: story.messages, ...(story.modelParameters as object) };
  const streamParameters = { model: story.model, stream: true, stream_options: { include_usage: true } };
  return {
    name: story.traceName,
    service: story.service,
    environment: story.environment,
    userId: story.userId,
    sessionId: story.sessionId,
    tags: story.tags,
    observations: [
      {
        ...OWN,
        key: LESSON,
        type: 'agent',
        name: story.traceName,
        input: json(story.lessonInput),
        output: json(story.lessonOutput),
        metadata: metadata('AGENT', JSON_INPUT),
      },
      {
        ...OWN,
        key: 'search 1',
        parent: LESSON,
        type: 'tool',
        name: 'search',
        input: json({ query: story.query }),
        output: json(story.documents),
        metadata: metadata('TOOL', JSON_INPUT),
      },
      {
        ...OPENAI,
        key: 'OpenAI Embeddings 1',
        parent: 'search 1',
        type: 'embedding',
        name: 'OpenAI Embeddings',
        input: story.query,
        model: 'text-embedding-3-small',
        output: expect.stringMatching(/^\[\{"text":"con voi .*","vector":\[-?0\.\d+(,-?[\de.-]+){63}\]\}\]$/) as string,
        // The library sends no usage.
        metadata: metadata('EMBEDDING', {
          ...TEXT_INPUT,
          'llm.system': 'openai',
        }),
      },
      {
        ...OPENAI,
        key: 'OpenAI Chat Completions 1',
        parent: 'search 1',
        type: 'generation',
        name: 'OpenAI Chat Completions',
        input: json(chatBody),
        output: json(chat),
        model: story.model,
        modelParameters: json({ model: story.model, ...(story.modelParameters as object) }),
        ...usageOf(chat.usage),
        metadata: metadata('LLM', {
          ...JSON_INPUT,
          'output.mime_type': 'application/json',
          'llm.system': 'openai',
          'llm.finish_reason': 'stop',
        }),
      },
      {
        ...OPENAI,
        key: 'OpenAI Chat Completions 2',
        parent: LESSON,
        type: 'generation',
        name: 'OpenAI Chat Completions',
        input: json({ ...streamParameters, messages: [{ role: 'user', content: story.question }] }),
        output: streamed.text,
        model: story.model,
        modelParameters: json(streamParameters),
        // The library sends no usage of an answer that it streamed.
        metadata: metadata('LLM', {
          ...JSON_INPUT,
          'output.mime_type': 'text/plain',
          'llm.system': 'openai',
          'llm.finish_reason': 'stop',
        }),
      },
      // The library starts a span for the call that fails in here, and never ends it: nothing of it is sent.
      {
        ...OWN,
        key: 'unknown-lesson 1',
        parent: LESSON,
        type: 'tool',
        name: 'unknown-lesson',
        level: 'ERROR',
        statusMessage: '500 The server had an error (injected)',
        input: story.query,
        metadata: {
          ...metadata('TOOL', TEXT_INPUT),
          events: json(exceptionEvent('server_error', '500 The server had an error (injected)')),
        },
      },
    ],
  };
}

describeClient('OpenInference (OpenAI)', PROGRAM, () => {
  it('finds every field stored as it was told', async () => {
    const { stored, result } = await recordWithLlm(PROGRAM);
    expect(result.told.error).toBe('500 The server had an error (injected)');
    checkTrace(stored, expectedOf(result.told), result);
  });
});
