// The mistake: each request waits until its spans have been sent. Nothing in a library can make a wait for the network
// free; without the last line of `handle` nobody waits.
import { configure, getClient, observe } from '@slipstream/sdk';
import { answerFrom, fetchPage, PAGES } from '../../lesson/material.mjs';
import { runAlone } from '../../program.mjs';
import { settings } from '../../settings.mjs';

const readPage = observe(fetchPage, { name: 'material.fetch', type: 'retriever' });
const answer = observe(answerFrom, { name: 'llm.answer', type: 'generation' });

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
  await getClient().flush();
  return text;
}

export function setUp({ url }) {
  configure({ service: 'robot-lesson', url });
}

export const flush = () => getClient().flush();
export const tearDown = () => getClient().shutdown();

await runAlone({ at: import.meta.url, url: settings.slipstreamUrl, setUp, handle, flush, tearDown });
