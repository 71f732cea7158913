// `npm run load:shared -- --collectors 1,2`: how fast collectors that share a Redis empty it, into one ClickHouse and
// into a backend that takes everything. Rounds are interleaved, each on fresh servers; the table has their medians.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isRedisThere, RedisServer } from '@slipstream/testkit';
import { readUsage, startCollector } from './collector-process.mjs';
import { isChdbThere, openSinkEnd, openStoreEnd } from './shared-ends.mjs';
import { connect } from './shared-stream.mjs';

const { values } = parseArgs({
  options: {
    collectors: { type: 'string', default: '1,2' },
    to: { type: 'string', default: 'store,sink' },
    entries: { type: 'string', default: '600' },
    traces: { type: 'string', default: '10' },
    spans: { type: 'string', default: '10' },
    characters: { type: 'string', default: '700' },
    rounds: { type: 'string', default: '3' },
    fsync: { type: 'string', default: 'always' },
    json: { type: 'string' },
    /** The script of a collector, where it is not that of the build. */
    main: { type: 'string' },
  },
});

const shape = {
  traces: Number(values.traces),
  spansPerTrace: Number(values.spans),
  charactersPerSpan: Number(values.characters),
  instance: 'load',
};

function findMissing() {
  if (!isRedisThere) return 'redis-server is not on PATH';
  const wantsStore = values.to.split(',').includes('store');
  return wantsStore && !isChdbThere ? 'the ClickHouse engine needs `npm ci` in packages/collector/chdb' : undefined;
}

async function openCollectors(count, root, environment) {
  const opened = [];
  for (let index = 0; index < count; index++) {
    const directory = join(root, `collector-${index}`);
    opened.push(await startCollector(directory, { ...environment, SLIPSTREAM_LOG_LEVEL: 'warn' }, values.main));
  }
  return opened;
}

/** One measurement: fresh servers, everything waits in Redis, then all collectors get it at once. */
async function measure(to, collectorCount) {
  const root = mkdtempSync(join(tmpdir(), 'slipstream-shared-'));
  const redis = await RedisServer.open('--appendfsync', values.fsync);
  const end = to === 'store' ? await openStoreEnd(join(root, 'chdb')) : await openSinkEnd();
  const stream = await connect(redis.url);
  let collectors = [];
  try {
    const spans = await stream.fill(Number(values.entries), shape);
    collectors = await openCollectors(collectorCount, root, { ...end.environment, SLIPSTREAM_QUEUE: redis.url });
    const cpu = () => [...collectors.map(({ usage }) => usage().cpuMs), cpuOf(end.pid), cpuOf(stream.pid)];
    const before = cpu();
    const startMs = performance.now();
    await stream.release(end.skippedGroups);
    await stream.untilTaken(end.group);
    const wallMs = performance.now() - startMs;
    const usedMs = cpu().map((after, index) => after - before[index]);
    const problems = await end.check(spans, collectors);
    return { to, collectorCount, spans, wallMs, usedMs, problems };
  } finally {
    for (const collector of collectors) await collector.end();
    stream.close();
    await end.close();
    await redis.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const cpuOf = (pid) => readUsage(pid).cpuMs;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) / 2)];

function toRow(runs) {
  const [{ to, collectorCount, spans }] = runs;
  const perSpan = (pick) => median(runs.map((run) => (pick(run) * 1000) / spans)).toFixed(0);
  const rates = runs.map(({ wallMs }) => Math.round((spans / wallMs) * 1000)).sort((a, b) => a - b);
  const collectors = (run) => run.usedMs.slice(0, collectorCount);
  const cells = [
    to === 'store' ? 'one ClickHouse' : 'a sink',
    collectorCount,
    median(rates),
    `${rates[0]}–${rates.at(-1)}`,
    collectors(runs[0])
      .map((_, index) => perSpan((run) => run.usedMs[index]))
      .join(' + '),
    perSpan((run) => run.usedMs[collectorCount]),
    perSpan((run) => run.usedMs[collectorCount + 1]),
    median(runs.map((run) => run.usedMs.reduce((sum, used) => sum + used, 0) / run.wallMs)).toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

async function main() {
  const missing = findMissing();
  if (missing !== undefined) {
    process.stdout.write(`skipped: ${missing}\n`);
    return;
  }
  const counts = values.collectors.split(',').map(Number);
  const cases = values.to.split(',').flatMap((to) => counts.map((count) => [to, count]));
  const runs = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [to, count] of round % 2 === 0 ? cases : [...cases].reverse()) {
      const run = await measure(to, count);
      runs.push(run);
      const rate = Math.round((run.spans / run.wallMs) * 1000);
      process.stderr.write(`round ${round + 1}: ${count} into the ${to}: ${rate} spans/s ${run.problems.join('; ')}\n`);
    }
  }
  process.stdout.write(
    '| into | collectors | spans/s | from–to | µs/span, collectors | µs/span, ClickHouse or sink | µs/span, Redis | cores busy |\n|---|--:|--:|--:|--:|--:|--:|--:|\n',
  );
  for (const [to, count] of cases) {
    process.stdout.write(`${toRow(runs.filter((run) => run.to === to && run.collectorCount === count))}\n`);
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(runs));
  const problems = runs.flatMap((run) => run.problems);
  process.stdout.write(
    problems.length === 0 ? 'every span was stored or delivered once\n' : `${problems.join('\n')}\n`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

await main();
