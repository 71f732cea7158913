// The mistake has to be asked for: `transport: 'inline'`, made for runtimes without threads, encodes and sends on the
// thread that serves requests, in slices between which it gives way.
import { configure, getClient, observe } from '@slipstream/sdk';
import { answerFrom, fetchPage, PAGES } from '../../lesson/material.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const readPage = observe(fetchPage, { name: 'material.fetch', type: 'retriever' });
const answer = observe(answerFrom, { name: 'llm.answer', type: 'generation' });

export const handle = observe(
  async (request) => {
    const pages = [];
    for (let page = 0; page < PAGES; page++) pages.push(await readPage({ query: request.message, page }));
    return answer(pages.join('\n'));
  },
  { name: 'lesson.webhook' },
);

export function setUp({ url }) {
  configure({ service: 'robot-lesson', url, transport: 'inline' });
}

export const flush = () => getClient().flush();
export const tearDown = () => getClient().shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
