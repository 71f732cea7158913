import { describeLangfuse } from './support/describe-langfuse.js';
import { json, metadataOf, resourceWith } from './support/expectation.js';
import { langfuseLesson } from './support/langfuse-lesson.js';
import { story } from './support/story.js';

describeLangfuse('langfuse 5 (JavaScript)', {
  lesson: { language: 'javascript', program: 'langfuse-5' },
  wrongKey: { language: 'javascript', program: 'langfuse-5-wrong-key' },
  refusal: { check: /UnauthorizedError/, log: /OTLPExporterError: Unauthorized/ },
  expected: () =>
    langfuseLesson({
      scopeName: 'langfuse-sdk',
      scopeVersion: '5.11.1',
      // The answer is told with times of its own, in the past.
      order: ['answer', 'lesson', 'search', 'unknownLesson', 'summary', 'cacheMiss'],
      changes: {
        lesson: {
          name: story.traceName,
          // The library looks around on its machine.
          metadata: {
            ...metadataOf(story.metadata),
            ...resourceWith({ 'telemetry.sdk.name': 'opentelemetry', 'process.runtime.name': 'nodejs' }),
          },
        },
        answer: { promptName: story.prompt.name, promptVersion: String(story.prompt.version) },
        // `observe` gives no input for a function without arguments, and the error as the output.
        unknownLesson: { output: json({ error: `RangeError: ${story.error}` }) },
      },
    }),
});
