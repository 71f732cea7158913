import { describeLangfuse } from './support/describe-langfuse.js';
import { json } from './support/expectation.js';
import { langfuseLesson, pythonLessonMetadata } from './support/langfuse-lesson.js';
import { story } from './support/story.js';

describeLangfuse('langfuse 3 (Python)', {
  lesson: { language: 'python', program: 'langfuse_3', requirements: 'langfuse-3' },
  wrongKey: { language: 'python', program: 'langfuse_wrong_key', requirements: 'langfuse-3' },
  refusal: { check: /^UnauthorizedError/, log: /Failed to export span.*401.*Unauthorized/ },
  expected: () =>
    langfuseLesson({
      scopeName: 'langfuse-sdk',
      scopeVersion: '3.15.0',
      // `update_current_trace` tells the span that is current, and no other.
      versioned: ['lesson'],
      changes: {
        lesson: { metadata: pythonLessonMetadata() },
        // What `observe` makes of a function's arguments.
        search: { input: json({ args: [story.query], kwargs: {} }) },
        unknownLesson: { input: json({ args: [], kwargs: {} }) },
      },
    }),
});
