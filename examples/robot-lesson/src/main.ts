import { configure } from '@slipstream/sdk';
import { messageOf } from './errors.js';
import type { Child } from './processes/child.js';
import { startLlmServerChild } from './processes/llm-server-child.js';
import { sendReady } from './processes/messages.js';
import { onStopRequest } from './processes/stop-request.js';
import { type RunningService, startService } from './service.js';
import { loadEnvFile, readSettings, type Settings } from './settings.js';

/** Delivery takes tens of milliseconds; this is for a collector that is away. */
const TRACING_SHUTDOWN_TIMEOUT_MS = 3_000;

async function main(): Promise<void> {
  loadEnvFile();
  const settings = readSettings();
  // Once, at start, before the first request; where spans go is SLIPSTREAM_URL's business.
  const tracing = configure({ service: 'robot-lesson' });
  const llmServer = settings.llm.kind === 'test-server' ? startLlmServerChild() : undefined;
  const service = await startService(settings, await llmEndpoint(settings, llmServer)).catch(async (error: unknown) => {
    await llmServer?.stop();
    throw error;
  });
  onStopRequest((reason) => {
    void stop(service, llmServer, reason);
  });
  console.error(`robot-lesson: ${service.url}`);
  sendReady(service.url);

  async function stop(running: RunningService, child: Child | undefined, reason: string): Promise<void> {
    await running.stop();
    await child?.stop();
    const { delivered, dropped, pending } = await tracing.shutdown({ timeoutMs: TRACING_SHUTDOWN_TIMEOUT_MS });
    console.error(
      `robot-lesson: stopped (${reason}); spans: ${tracing.stats().started} started, ` +
        `${delivered} delivered, ${dropped} dropped, ${pending} pending`,
    );
    process.exit(0);
  }
}

async function llmEndpoint(settings: Settings, child: Child | undefined): Promise<{ baseUrl: string; apiKey: string }> {
  if (settings.llm.kind === 'provider') return settings.llm;
  return { baseUrl: (await child?.ready) ?? '', apiKey: 'none' };
}

main().catch((error: unknown) => {
  console.error(`robot-lesson: ${messageOf(error)}`);
  process.exit(1);
});
