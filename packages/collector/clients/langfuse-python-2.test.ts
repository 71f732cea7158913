import { describeLangfuse } from './support/describe-langfuse.js';
import { json } from './support/expectation.js';
import { langfuseEventsLesson } from './support/langfuse-events-lesson.js';

describeLangfuse('langfuse 2 (Python)', {
  lesson: { language: 'python', program: 'langfuse_2', requirements: 'langfuse-2' },
  wrongKey: { language: 'python', program: 'langfuse_wrong_key', requirements: 'langfuse-2' },
  refusal: { check: /^UnauthorizedError/, log: /Unauthorized/ },
  expected: (told) =>
    langfuseEventsLesson(told, {
      scopeName: 'langfuse ingestion: python',
      scopeVersion: '2.60.10',
      // The library's type of parameters knows no decimals: it sends them as text.
      changes: { answer: { modelParameters: json({ temperature: '0.3', max_tokens: 256 }) } },
    }),
});
