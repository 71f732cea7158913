import { expect, it } from 'vitest';
import { aiSdkLesson } from './support/ai-sdk-lesson.js';
import { checkTrace } from './support/check.js';
import { describeClient } from './support/installed.js';
import { recordWithLlm } from './support/record-llm.js';

const PROGRAM = { language: 'javascript', program: 'ai-sdk' } as const;

describeClient('Vercel AI SDK 6', PROGRAM, () => {
  // The choice of tools is JSON text, and stands in the parameters as a string instead of what it means.
  it('finds every field stored as it was told', async () => {
    const { stored, result } = await recordWithLlm(PROGRAM);
    expect(result.told.error).toBe('The server had an error (injected)');
    checkTrace(stored, aiSdkLesson(result.told), result);
  });
});
