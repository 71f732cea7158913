import { createLlmServer, REALISTIC_LLM_DELAYS } from '@slipstream/testkit';
import { numberOption, parseOptions } from './arguments.js';
import { messageOf } from './errors.js';
import { sendReady } from './processes/messages.js';
import { onStopRequest } from './processes/stop-request.js';

/** The OpenAI-compatible test server as a process: `node dist/llm-server-main.js --port 0 --speed 1 --seed lesson`. */
async function main(): Promise<void> {
  const values = parseOptions(process.argv.slice(2), ['port', 'speed', 'seed']);
  const server = await createLlmServer({
    ...REALISTIC_LLM_DELAYS,
    port: numberOption(values, 'port', { min: 0, max: 65_535 }) ?? 0,
    timeScale: 1 / (numberOption(values, 'speed', { min: 0.1, max: 1_000 }) ?? 1),
    seed: values.seed ?? 'lesson',
  });
  onStopRequest(() => {
    const { requests, completed, promptTokens, completionTokens } = server.stats();
    console.error(
      `LLM test server: ${requests} requests, ${completed} answered, ${promptTokens} + ${completionTokens} tokens`,
    );
    void server.close().then(() => process.exit(0));
  });
  console.error(`LLM test server: ${server.url}`);
  sendReady(server.url);
}

main().catch((error: unknown) => {
  console.error(`LLM test server: ${messageOf(error)}`);
  process.exit(1);
});
