import { expect } from 'vitest';
import {
  AGENT,
  type Answer,
  type Answers,
  answered,
  CHAT,
  countedUsage,
  EMBEDDING,
  metadata,
  PROVIDER,
  restOf,
  type Step,
  summedUsage,
  type ToolCall,
  type Usage,
} from './ai-sdk-attributes.js';
import { type ExpectedObservation, type ExpectedTrace, json } from './expectation.js';
import type { Told } from './program.js';
import { exceptionEvent } from './record-llm.js';
import { story } from './story.js';

const LESSON = `${story.traceName} 1`;
/** Of a model call without settings of its own. */
const NO_RETRIES = json({ maxRetries: 0 });

const SDK = { scopeName: 'ai', scopeVersion: '', version: story.version };
const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] });

function generated({ text, steps }: Answers['generated']): ExpectedObservation[] {
  const [first, second] = steps;
  const [system, question] = story.messages;
  const prompt = `${question?.content} [[tool]]`;
  const messages = [{ role: 'system', content: system?.content }, user(prompt)];
  const [call = NO_CALL] = first.toolCalls;
  const { toolCallId, toolName, input } = call;
  return [
    {
      ...SDK,
      key: 'ai.generateText 1',
      parent: LESSON,
      type: 'span',
      name: 'answer:ai.generateText',
      input: json({ system: system?.content, prompt }),
      output: text,
      modelParameters: json(SETTINGS),
      metadata: metadata('ai.generateText', 'answer', {
        ...CHAT,
        ...AGENT,
        ...PROVIDER,
        'ai.model.id': story.model,
        'ai.response.finishReason': 'stop',
        ...summedUsage(sumOf(first.usage, second.usage)),
      }),
    },
    {
      ...generation(1, first, 'tool-calls'),
      input: json(messages),
      output: json({ role: 'assistant', tool_calls: [{ toolCallId, toolName, input: JSON.stringify(input) }] }),
    },
    {
      ...SDK,
      key: 'ai.toolCall 1',
      parent: 'ai.generateText 1',
      type: 'tool',
      name: 'search',
      input: json(input),
      output: json(story.documents),
      metadata: metadata('ai.toolCall', 'answer', { 'ai.toolCall.name': toolName, 'ai.toolCall.id': toolCallId }),
    },
    {
      ...generation(2, second, 'stop'),
      input: json([...messages, ...toolMessages(call)]),
      output: second.text,
    },
  ];
}

const NO_CALL = { toolCallId: '', toolName: '', input: {} };

const SETTINGS = { temperature: 0.3, maxOutputTokens: 256, maxRetries: 0 };

/** One request to the model; the SDK tells the limit once more, by OpenTelemetry's name. */
function generation(number: number, { id, usage }: Step, reason: string): ExpectedObservation {
  return {
    ...SDK,
    key: `ai.generateText.doGenerate ${number}`,
    parent: 'ai.generateText 1',
    type: 'generation',
    name: 'answer:ai.generateText.doGenerate',
    model: story.model,
    modelParameters: json({ ...SETTINGS, max_tokens: 256, toolChoice: { type: 'auto' } }),
    ...countedUsage(usage),
    metadata: metadata('ai.generateText.doGenerate', 'answer', {
      ...CHAT,
      ...AGENT,
      ...answered(id, reason),
      ...restOf(usage),
      'ai.prompt.tools': expect.stringContaining('Looks a word up') as string,
    }),
  };
}

/** The answer with a call of a tool, and the tool's answer, as the next request repeats them. */
function toolMessages({ toolCallId, toolName, input }: ToolCall): readonly object[] {
  const output = { type: 'json', value: story.documents };
  return [
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId, toolName, input }] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] },
  ];
}

function sumOf(first: Usage, second: Usage): Usage {
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
    totalTokens: first.totalTokens + second.totalTokens,
  };
}

function streamed({ text, id, usage }: Answer): ExpectedObservation[] {
  const aNumber = expect.stringMatching(/^[\d.]+$/) as string;
  const aTime = expect.stringMatching(/^\d{19}$/) as string;
  return [
    {
      ...SDK,
      key: 'ai.streamText 1',
      parent: LESSON,
      type: 'span',
      name: 'chat:ai.streamText',
      input: json({ prompt: story.question }),
      output: text,
      modelParameters: NO_RETRIES,
      metadata: metadata('ai.streamText', 'chat', {
        ...CHAT,
        ...PROVIDER,
        'ai.model.id': story.model,
        'ai.response.finishReason': 'stop',
        ...summedUsage(usage),
      }),
    },
    {
      ...SDK,
      key: 'ai.streamText.doStream 1',
      parent: 'ai.streamText 1',
      type: 'generation',
      name: 'chat:ai.streamText.doStream',
      input: json([user(story.question)]),
      output: text,
      model: story.model,
      modelParameters: NO_RETRIES,
      ...countedUsage(usage),
      metadata: {
        ...metadata('ai.streamText.doStream', 'chat', {
          ...CHAT,
          ...answered(id, 'stop'),
          ...restOf(usage),
          'ai.response.msToFinish': aNumber,
          'ai.response.avgOutputTokensPerSecond': aNumber,
        }),
        events: json([
          {
            name: 'ai.stream.firstChunk',
            timeUnixNano: aTime,
            attributes: { 'ai.response.msToFirstChunk': expect.any(Number) },
          },
          { name: 'ai.stream.finish', timeUnixNano: aTime, attributes: {} },
        ]),
      },
    },
  ];
}

function embedded({ embedding, usage }: Answers['embedded']): ExpectedObservation[] {
  const model = 'text-embedding-3-small';
  const cost = (usage.tokens * 0.02) / 1_000_000;
  return [
    {
      ...SDK,
      key: 'ai.embed 1',
      parent: LESSON,
      type: 'span',
      name: 'vector:ai.embed',
      input: json(story.query),
      output: json(embedding),
      modelParameters: NO_RETRIES,
      metadata: metadata('ai.embed', 'vector', {
        ...EMBEDDING,
        ...AGENT,
        'ai.model.id': model,
        'ai.usage.tokens': String(usage.tokens),
      }),
    },
    {
      ...SDK,
      key: 'ai.embed.doEmbed 1',
      parent: 'ai.embed 1',
      type: 'embedding',
      name: 'vector:ai.embed.doEmbed',
      input: json([story.query]),
      output: json([embedding]),
      model,
      modelParameters: NO_RETRIES,
      usageDetails: { input: usage.tokens, total: usage.tokens },
      computedCost: { input: cost, output: 0, total: cost },
      metadata: metadata('ai.embed.doEmbed', 'vector', { ...EMBEDDING, ...AGENT }),
    },
  ];
}

function broken(): ExpectedObservation[] {
  const message = 'The server had an error (injected)';
  const prompt = `${story.query} [[fault:server-error]]`;
  const events = { events: json(exceptionEvent('AI_APICallError', message)) };
  const failed = { ...SDK, level: 'ERROR', statusMessage: message, modelParameters: NO_RETRIES } as const;
  return [
    {
      ...failed,
      key: 'ai.generateText 2',
      parent: LESSON,
      type: 'span',
      name: 'broken:ai.generateText',
      input: json({ prompt }),
      metadata: {
        ...metadata('ai.generateText', 'broken', { ...CHAT, ...AGENT, 'ai.model.id': story.model }),
        ...events,
      },
    },
    {
      ...failed,
      key: 'ai.generateText.doGenerate 3',
      parent: 'ai.generateText 2',
      type: 'generation',
      name: 'broken:ai.generateText.doGenerate',
      input: json([user(prompt)]),
      model: story.model,
      metadata: {
        ...metadata('ai.generateText.doGenerate', 'broken', { ...CHAT, ...AGENT, 'gen_ai.system': 'robot.chat' }),
        ...events,
      },
    },
  ];
}

/** What `ai-sdk.mjs` told the AI SDK, and the SDK its spans. */
export function aiSdkLesson(told: Told): ExpectedTrace {
  const answers = told.answers as Answers;
  return {
    name: story.traceName,
    service: story.service,
    environment: story.environment,
    userId: story.userId,
    sessionId: story.sessionId,
    tags: story.tags,
    observations: [
      {
        key: LESSON,
        type: 'span',
        name: story.traceName,
        scopeName: 'robot-lesson.tracing',
        scopeVersion: '0.9.0',
        version: story.version,
      },
      ...generated(answers.generated),
      ...streamed(answers.streamed),
      ...embedded(answers.embedded),
      ...broken(),
    ],
  };
}
