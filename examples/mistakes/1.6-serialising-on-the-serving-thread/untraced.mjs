// The same work without tracing: what the others are compared with.
import { answerFrom, fetchPage, PAGES } from '../lesson/material.mjs';
import { runAlone } from '../program.mjs';

export async function handle(request) {
  const pages = [];
  for (let page = 0; page < PAGES; page++) pages.push(await fetchPage({ query: request.message, page }));
  return answerFrom(pages.join('\n'));
}

/** Nothing to do: nothing is traced. */
export async function setUp() {}
export async function flush() {}
export async function tearDown() {}

await runAlone({ at: import.meta.url, url: '', setUp, handle, flush, tearDown });
