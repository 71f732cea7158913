// Langfuse's JavaScript SDK, version 5: OpenTelemetry's NodeSDK with Langfuse's span processor, and its client for scores.
import { readFileSync } from 'node:fs';
import { LangfuseClient } from '@langfuse/client';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import {
  getActiveSpanId,
  observe,
  propagateAttributes,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from '@langfuse/tracing';
import { NodeSDK } from '@opentelemetry/sdk-node';

const story = JSON.parse(readFileSync(new URL('../story.json', import.meta.url), 'utf8'));
const told = { spans: {}, times: {} };

// Keys, address, environment and release are in the environment, where Langfuse's pages put them.
const langfuseSpanProcessor = new LangfuseSpanProcessor();
const sdk = new NodeSDK({ serviceName: story.service, spanProcessors: [langfuseSpanProcessor] });
sdk.start();
const langfuse = new LangfuseClient();
// It has no check of its own; this is the request that Langfuse's other SDKs make for it.
told.authCheck = await langfuse.api.projects.get().then(({ data }) => data.length > 0, String);

const search = observe(
  async (query) => {
    told.spans.search = getActiveSpanId();
    updateActiveObservation({ metadata: { nguồn: 'từ điển' }, version: story.version }, { asType: 'retriever' });
    answer();
    return query === story.query ? story.documents : [];
  },
  { name: 'search', asType: 'retriever' },
);

/** By hand, with the times of something that has happened already. */
function answer() {
  const startMs = Date.now() - 4_000;
  const generation = startObservation(
    'answer',
    {
      model: story.model,
      modelParameters: story.modelParameters,
      input: story.messages,
      prompt: { ...story.prompt, isFallback: false },
    },
    { asType: 'generation', startTime: new Date(startMs) },
  );
  generation.update({
    output: story.answer,
    usageDetails: story.usage,
    costDetails: story.cost,
    completionStartTime: new Date(startMs + 250),
    metadata: story.metadata,
    level: 'WARNING',
    statusMessage: story.warning,
  });
  generation.end(new Date(startMs + 1_500));
  told.spans.answer = generation.id;
  told.times.answer = {
    startUs: startMs * 1_000,
    completionStartUs: (startMs + 250) * 1_000,
    endUs: (startMs + 1_500) * 1_000,
  };
}

const unknownLesson = observe(
  async () => {
    told.spans.unknownLesson = getActiveSpanId();
    throw new RangeError(story.error);
  },
  { name: 'unknown-lesson', asType: 'tool' },
);

await startActiveObservation(
  story.traceName,
  async (lesson) => {
    told.traceId = lesson.traceId;
    told.spans.lesson = lesson.id;
    const { userId, sessionId, tags, version, propagated } = story;
    await propagateAttributes({ userId, sessionId, tags, version, metadata: propagated }, async () => {
      lesson.update({ input: story.lessonInput, metadata: story.metadata });
      await search(story.query);
      await unknownLesson().catch((error) => {
        told.error = error.message;
      });
      // A provider's own usage object, and no cost.
      const summary = lesson.startObservation(
        'summary',
        { model: story.model, input: story.question },
        { asType: 'generation' },
      );
      await new Promise((resolve) => setTimeout(resolve, 30));
      summary.update({ output: story.question, usageDetails: story.openaiUsage }).end();
      told.spans.summary = summary.id;
      // Without a time of its own, an event may end a millisecond before it starts.
      const missedMs = Date.now();
      const event = startObservation(
        'cache-miss',
        { input: story.query, level: 'DEBUG' },
        { asType: 'event', startTime: new Date(missedMs) },
      );
      told.times.cacheMiss = { startUs: missedMs * 1_000, endUs: missedMs * 1_000 };
      told.spans.cacheMiss = event.id;
      lesson.update({ output: story.lessonOutput });
      langfuse.score.observation(lesson, {
        name: 'correctness',
        value: 0.75,
        comment: story.score.comment,
        metadata: { judge: story.model },
      });
      langfuse.score.trace(lesson, { name: 'mood', value: story.score.category, dataType: 'CATEGORICAL' });
    });
  },
  { asType: 'agent' },
);

await langfuse.flush();
await sdk.shutdown();
console.log(JSON.stringify(told));
