import { numberOption, type OptionValues, parseOptions } from './arguments.js';
import { messageOf } from './errors.js';
import { type Child, startChild } from './processes/child.js';
import { startLlmServerChild } from './processes/llm-server-child.js';
import { sendReady } from './processes/messages.js';
import { onStopRequest } from './processes/stop-request.js';
import { loadEnvFile, readSettings } from './settings.js';

/** Real time: five to six calls a second, a lively list that a small laptop does not notice. */
const DEFAULT_SPEED = 1;
/** A provider's answers cost money, so traffic that nobody limited ends soon. */
const PROVIDER_CALL_LIMIT = 50;
/** Their own grace (3 and 5 s) and what delivery takes; after that a child is ended the hard way. */
const DRIVER_STOP_TIMEOUT_MS = 6_000;
const SERVICE_STOP_TIMEOUT_MS = 15_000;

const PASSED_ON = ['limit', 'duration-seconds', 'seed', 'fault-rate'] as const;

/** The service with traffic: `node dist/demo.js --speed 20`. Traces go where `SLIPSTREAM_URL` says. */
async function main(): Promise<void> {
  loadEnvFile();
  const settings = readSettings();
  const values = parseOptions(process.argv.slice(2), ['speed', 'port', ...PASSED_ON]);
  const speed = numberOption(values, 'speed', { min: 1, max: 100 }) ?? DEFAULT_SPEED;
  const port = numberOption(values, 'port', { min: 0, max: 65_535 }) ?? 0;
  // In order of start; stopped in the opposite order, so that nobody talks to one who has gone.
  const children: Child[] = [];
  onStopRequest(() => void stopAll(children, 0));
  const usesProvider = settings.llm.kind === 'provider';
  const environment: Record<string, string> = { PORT: String(port) };
  if (!usesProvider) {
    const llmServer = startLlmServerChild({ speed, ...(values.seed === undefined ? {} : { seed: values.seed }) });
    adopt(children, llmServer);
    environment.LLM_BASE_URL = await llmServer.ready;
  }
  const service = startService(environment);
  adopt(children, service);
  const url = await service.ready;
  const driver = startDriver(url, speed, usesProvider ? { limit: String(PROVIDER_CALL_LIMIT), ...values } : values);
  children.push(driver);
  void driver.exited.then(({ code }) => code !== 0 && stopAll(children, 1));
  sendReady(url);
}

function startService(environment: Record<string, string>): Child {
  return startChild({
    name: 'robot-lesson',
    module: new URL('./main.js', import.meta.url),
    environment,
    stopTimeoutMs: SERVICE_STOP_TIMEOUT_MS,
  });
}

function startDriver(url: string, speed: number, values: OptionValues): Child {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  return startChild({
    name: 'driver',
    module: new URL('./driver/main.js', import.meta.url),
    arguments: ['--url', url, '--speed', String(speed), ...passedOn],
    stopTimeoutMs: DRIVER_STOP_TIMEOUT_MS,
  });
}

/** A child that ends by itself takes the demo with it: half a demo would only look broken. */
function adopt(children: Child[], child: Child): void {
  children.push(child);
  void child.exited.then(() => stopAll(children, 1));
}

const stopping = new WeakSet<Child[]>();

async function stopAll(children: Child[], exitCode: number): Promise<void> {
  if (stopping.has(children)) return;
  stopping.add(children);
  for (const child of children.toReversed()) await child.stop();
  process.exit(exitCode);
}

main().catch((error: unknown) => {
  console.error(`demo: ${messageOf(error)}`);
  process.exit(1);
});
