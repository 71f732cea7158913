// Langfuse's older JavaScript SDK, version 3: events in batches to the ingestion API.
import { readFileSync } from 'node:fs';
import { Langfuse } from 'langfuse';

const story = JSON.parse(readFileSync(new URL('../story.json', import.meta.url), 'utf8'));
const told = { spans: {}, times: {}, errors: [] };

// Keys, address, environment and release are in the environment.
const langfuse = new Langfuse();
langfuse.on('error', (error) => told.errors.push(String(error)));

const startedMs = Date.now() - 10_000;
const at = (offsetMs) => new Date(startedMs + offsetMs);

function tell(key, { id }, times) {
  told.spans[key] = id;
  told.times[key] = Object.fromEntries(
    Object.entries(times).map(([name, offsetMs]) => [name, (startedMs + offsetMs) * 1_000]),
  );
}

const trace = langfuse.trace({
  name: story.traceName,
  userId: story.userId,
  sessionId: story.sessionId,
  tags: story.tags,
  version: story.version,
  metadata: story.propagated,
  input: story.question,
  timestamp: at(0),
});
told.traceId = trace.id;
tell('trace', trace, { startUs: 0 });

const lesson = trace.span({ name: 'lesson', input: story.lessonInput, startTime: at(0), version: story.version });
const search = lesson.span({ name: 'search', input: story.query, startTime: at(100), metadata: { nguồn: 'từ điển' } });
const answer = search.generation({
  name: 'answer',
  model: story.model,
  modelParameters: story.modelParameters,
  input: story.messages,
  startTime: at(150),
  completionStartTime: at(400),
  metadata: story.metadata,
});
// `end` takes the time of its call; a time of one's own is told by `update`.
answer.update({
  output: story.answer,
  usageDetails: story.usage,
  costDetails: story.cost,
  level: 'WARNING',
  statusMessage: story.warning,
  endTime: at(1_650),
});
tell('answer', answer, { startUs: 150, completionStartUs: 400, endUs: 1_650 });
search.update({ output: story.documents, endTime: at(1_700) });
tell('search', search, { startUs: 100, endUs: 1_700 });

const unknown = lesson.span({ name: 'unknown-lesson', startTime: at(1_800) });
unknown.end({ level: 'ERROR', statusMessage: story.error });
tell('unknownLesson', unknown, { startUs: 1_800 });

// A provider's own usage object, and no cost.
const summary = lesson.generation({ name: 'summary', model: story.model, input: story.question, startTime: at(1_900) });
summary.update({ output: story.question, usageDetails: story.openaiUsage, endTime: at(2_900) });
tell('summary', summary, { startUs: 1_900, endUs: 2_900 });

const event = lesson.event({ name: 'cache-miss', input: story.query, level: 'DEBUG', startTime: at(2_950) });
tell('cacheMiss', event, { startUs: 2_950, endUs: 2_950 });

lesson.end({ output: story.lessonOutput, metadata: story.metadata });
tell('lesson', lesson, { startUs: 0 });
trace.update({ output: story.answer.content });

lesson.score({ name: 'correctness', value: 0.75, comment: story.score.comment, metadata: { judge: story.model } });
trace.score({ name: 'mood', value: story.score.category, dataType: 'CATEGORICAL' });

await langfuse.shutdownAsync();
console.log(JSON.stringify(told));
