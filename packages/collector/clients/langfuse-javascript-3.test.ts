import { describeLangfuse } from './support/describe-langfuse.js';
import { langfuseEventsLesson } from './support/langfuse-events-lesson.js';

describeLangfuse('langfuse 3 (JavaScript)', {
  lesson: { language: 'javascript', program: 'langfuse-3' },
  wrongKey: { language: 'javascript', program: 'langfuse-3-wrong-key' },
  refusal: { log: /401: Unauthorized/ },
  expected: (told) =>
    langfuseEventsLesson(told, { scopeName: 'langfuse ingestion: langfuse-js', scopeVersion: '3.39.2' }),
});
