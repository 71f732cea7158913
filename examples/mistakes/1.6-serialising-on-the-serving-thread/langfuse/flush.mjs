// The mistake: each request waits until its spans have been sent. What is captured is as little as in the good version.
import { observe, updateActiveObservation } from '@langfuse/tracing';
import { answerFrom, fetchPage, PAGES } from '../../lesson/material.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';
import { startLangfuse } from '../../tracing/langfuse.mjs';

const MAX_TRACED_CHARACTERS = 2_000;

const readPage = observe(
  async (wanted) => {
    const text = await fetchPage(wanted);
    updateActiveObservation({ metadata: { page: wanted.page, characters: text.length } });
    return text;
  },
  { name: 'material.fetch', asType: 'retriever', captureOutput: false },
);
const answer = observe(
  async (prompt) => {
    updateActiveObservation({ input: prompt.slice(0, MAX_TRACED_CHARACTERS) });
    return answerFrom(prompt);
  },
  { name: 'llm.answer', asType: 'generation', captureInput: false },
);

const webhook = observe(
  async (request) => {
    const pages = [];
    for (let page = 0; page < PAGES; page++) pages.push(await readPage({ query: request.message, page }));
    return answer(pages.join('\n'));
  },
  { name: 'lesson.webhook' },
);

export async function handle(request) {
  const text = await webhook(request);
  await tracing.flush();
  return text;
}

let tracing;

export function setUp({ url }) {
  tracing = startLangfuse({ url });
}

export const flush = () => tracing.flush();
export const tearDown = () => tracing.stop();

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
