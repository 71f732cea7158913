// The mistake: ten large spans a request, in batches of 512. The event loop that serves requests turns each batch into
// one text of many megabytes, and whoever comes meanwhile waits for all of it.
import { observe } from '@langfuse/tracing';
import { answerFrom, fetchPage, PAGES } from '../../lesson/material.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';
import { startLangfuse } from '../../tracing/langfuse.mjs';

const readPage = observe(fetchPage, { name: 'material.fetch', asType: 'retriever' });
const answer = observe(answerFrom, { name: 'llm.answer', asType: 'generation' });

export const handle = observe(
  async (request) => {
    const pages = [];
    for (let page = 0; page < PAGES; page++) pages.push(await readPage({ query: request.message, page }));
    return answer(pages.join('\n'));
  },
  { name: 'lesson.webhook' },
);

let tracing;

export function setUp({ url }) {
  tracing = startLangfuse({ url });
}

export const flush = () => tracing.flush();
export const tearDown = () => tracing.stop();

await runAlone({ at: import.meta.url, url: settings.langfuseUrl, setUp, handle, flush, tearDown });
