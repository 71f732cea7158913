import { readFile } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import { OpenCalls } from '../http/open-calls.js';
import { stopSignal } from '../processes/stop-request.js';
import { statusLine } from './books.js';
import { createLessonClient } from './lesson-client.js';
import { type DriverOptions, parseDriverOptions } from './options.js';
import { planTraffic } from './plan.js';
import { type Replay, startReplay } from './replay.js';
import { parseTraceFile } from './trace-file.js';

const STATUS_INTERVAL_MS = 5_000;
/** After a stop: calls that take longer are cut, the service sees its client go. */
const STOP_GRACE_MS = 3_000;
const MAX_IN_FLIGHT_COUNT = 256;
/** Some 14 seconds of recorded time between two turns of a conversation: the robot answers, and the pupil thinks. */
const CONVERSATION_COUNT = 80;

/** Replays recorded traffic: `node dist/driver/main.js --url http://127.0.0.1:8000 --speed 20`. */
async function main(): Promise<void> {
  const stop = stopSignal();
  const options = parseDriverOptions(process.argv.slice(2));
  const rows = parseTraceFile(await readFile(options.tracePath, 'utf8'));
  const calls = new OpenCalls();
  stop.addEventListener('abort', () => setTimeout(() => calls.cut(), STOP_GRACE_MS).unref());
  const replay = startReplay({
    plan: planTraffic({
      rows,
      seed: options.seed,
      runId: runId(new Date()),
      speed: options.speed,
      faultRate: options.faultRate,
      conversationCount: CONVERSATION_COUNT,
    }),
    client: createLessonClient(options.url, calls),
    maxInFlightCount: MAX_IN_FLIGHT_COUNT,
    limit: options.limit,
    durationMs: options.durationMs,
    signal: stop,
  });
  await report(replay, options);
  process.exit(0);
}

async function report(replay: Replay, options: DriverOptions): Promise<void> {
  const startMs = performance.now();
  console.error(`driver: replaying at speed ${options.speed} against ${options.url}`);
  const timer = setInterval(
    () => console.error(statusLine(replay.books(), performance.now() - startMs)),
    STATUS_INTERVAL_MS,
  );
  await replay.done;
  clearInterval(timer);
  console.error(`${statusLine(replay.books(), performance.now() - startMs)} · ended`);
}

/** `0314-150926`: month, day and time, so that the conversations of one run stand together. */
function runId(now: Date): string {
  return now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(4, 15);
}

main().catch((error: unknown) => {
  console.error(`driver: ${messageOf(error)}`);
  process.exit(1);
});
