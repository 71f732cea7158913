import { describeLangfuse } from './support/describe-langfuse.js';
import { json } from './support/expectation.js';
import { langfuseLesson, pythonLessonMetadata } from './support/langfuse-lesson.js';
import { story } from './support/story.js';

describeLangfuse('langfuse 5 (Python)', {
  lesson: { language: 'python', program: 'langfuse_4', requirements: 'langfuse-5' },
  wrongKey: { language: 'python', program: 'langfuse_wrong_key', requirements: 'langfuse-5' },
  refusal: { check: /^UnauthorizedError/, log: /Failed to export span.*401.*Unauthorized/ },
  expected: () =>
    langfuseLesson({
      scopeName: 'langfuse-sdk',
      scopeVersion: '5.0.4',
      changes: {
        lesson: { metadata: pythonLessonMetadata() },
        // What `observe` makes of a function's arguments.
        search: { input: json({ args: [story.query], kwargs: {} }) },
        unknownLesson: { input: json({ args: [], kwargs: {} }) },
      },
    }),
});
