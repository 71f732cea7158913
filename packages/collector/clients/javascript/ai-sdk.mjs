// Vercel's AI SDK with its telemetry on, an OpenAI-compatible provider, and OpenTelemetry's SDK.
import { readFileSync } from 'node:fs';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { embed, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
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

const llm = createOpenAICompatible({ name: 'robot', baseURL: process.env.OPENAI_BASE_URL, includeUsage: true });
const model = llm.chatModel(story.model);

const telemetry = (functionId) => ({
  isEnabled: true,
  functionId,
  metadata: {
    userId: story.userId,
    sessionId: story.sessionId,
    tags: story.tags,
    bot_id: story.metadata.bot_id,
    kênh: story.propagated.kênh,
    'được phép': true,
    điểm: 0.75,
  },
});

const search = tool({
  description: 'Looks a word up',
  inputSchema: z.object({ query: z.string() }),
  execute: async ({ query }) => {
    told.answers.toolInput = { query };
    return story.documents;
  },
});

async function lesson() {
  const [system, user] = story.messages;
  const answer = await generateText({
    model,
    system: system.content,
    prompt: `${user.content} [[tool]]`,
    tools: { search },
    temperature: story.modelParameters.temperature,
    maxOutputTokens: story.modelParameters.max_tokens,
    stopWhen: stepCountIs(2),
    maxRetries: 0,
    experimental_telemetry: telemetry('answer'),
  });
  told.answers.generated = {
    text: answer.text,
    steps: answer.steps.map(({ text, toolCalls, usage, response }) => ({ text, toolCalls, usage, id: response.id })),
  };

  const stream = streamText({
    model,
    prompt: story.question,
    maxRetries: 0,
    experimental_telemetry: telemetry('chat'),
  });
  let text = '';
  for await (const part of stream.textStream) text += part;
  told.answers.streamed = { text, usage: await stream.usage, id: (await stream.response).id };

  const { embedding, usage } = await embed({
    model: llm.embeddingModel('text-embedding-3-small'),
    value: story.query,
    maxRetries: 0,
    experimental_telemetry: telemetry('vector'),
  });
  told.answers.embedded = { embedding, usage };

  await generateText({
    model,
    prompt: `${story.query} [[fault:server-error]]`,
    maxRetries: 0,
    experimental_telemetry: telemetry('broken'),
  }).catch((error) => {
    told.error = error.message;
  });
}

await trace.getTracer('robot-lesson.tracing', '0.9.0').startActiveSpan(story.traceName, async (span) => {
  await lesson();
  span.end();
});

await provider.shutdown();
console.log(JSON.stringify(told));
