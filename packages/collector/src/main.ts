/** Starts a collector as the environment describes it, and closes it on SIGTERM and SIGINT. */
import { createCollector } from './app.js';
import type { Collector } from './collector.js';
import { readCollectorConfig } from './config.js';
import { reasonOf } from './errors.js';

const EXIT_FAILED = 1;

async function main(): Promise<void> {
  let collector: Collector;
  try {
    collector = await createCollector(readCollectorConfig());
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = EXIT_FAILED;
    return;
  }
  process.stdout.write(`Slipstream collector is ready: ${collector.url}\n`);
  let isClosing = false;
  const close = (): void => {
    // A second signal means: now.
    if (isClosing) process.exit(EXIT_FAILED);
    isClosing = true;
    collector.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${reasonOf(error)}\n`);
        process.exit(EXIT_FAILED);
      },
    );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}

await main();
