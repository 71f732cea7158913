// Serves "requests" at a steady pace: some work of its own, and seven spans with a text each. Tells how long they took.
import { configure, getClient } from '../../dist/index.js';

const [requestCount, paceMs, textLength] = process.argv.slice(2).map(Number);
configure({ service: 'under-load' });
const client = getClient();
const text = 'word '.repeat(textLength / 5);
const ids = [];
const durationsMs = [];
const lagsMs = [];
const residentBytes = process.memoryUsage().rss;

/** What a handler does besides: about a third of a millisecond. */
function ownWork() {
  const rows = Array.from({ length: 400 }, (_, index) => ({ index, text: `row ${index}`, even: index % 2 === 0 }));
  return JSON.parse(JSON.stringify(rows)).length;
}

function serve() {
  const root = client.span({ name: 'request', input: text, parent: null });
  const children = Array.from({ length: 6 }, (_, index) => root.span({ name: `step ${index}`, input: text }));
  ownWork();
  for (const span of [...children.reverse(), root]) {
    ids.push(`${span.traceId}/${span.id}`);
    span.end();
  }
}

for (let request = 0; request < requestCount; request++) {
  const dueMs = performance.now() + paceMs;
  await new Promise((resolve) => setTimeout(resolve, paceMs));
  const startMs = performance.now();
  lagsMs.push(startMs - dueMs);
  serve();
  durationsMs.push(performance.now() - startMs);
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)];
await new Promise((resolve) => setTimeout(resolve, 200));
process.send?.({
  ids: client.enabled ? ids : [],
  tracedBytes: ids.length * text.length,
  stats: client.stats(),
  medianMs: quantile(durationsMs, 0.5),
  lagMs: quantile(lagsMs, 0.9),
  grownBytes: process.memoryUsage().rss - residentBytes,
});
