import { numberOption, type OptionValues, parseOptions } from './arguments.js';
import { messageOf } from './errors.js';
import { type Child, type ChildExit, startChild } from './processes/child.js';
import { startLlmServerChild } from './processes/llm-server-child.js';
import { sendReady } from './processes/messages.js';
import { ProcessGroup } from './processes/process-group.js';
import { onStopRequest } from './processes/stop-request.js';
import { loadEnvFile, readSettings, type Settings } from './settings.js';

/** The recording begins slowly: this gives three to four calls a second at first and eleven in the mean. */
const DEFAULT_SPEED = 2;
/** A provider's answers cost money, so traffic that nobody limited ends soon. */
const PROVIDER_CALL_LIMIT = 50;
/** Their own grace (3 and 5 s) and what delivery takes; after that a child is ended the hard way. */
const DRIVER_STOP_TIMEOUT_MS = 6_000;
const SERVICE_STOP_TIMEOUT_MS = 12_000;

const PASSED_ON = ['limit', 'duration-seconds', 'seed', 'fault-rate'] as const;

interface DemoOptions {
  readonly speed: number;
  readonly port: number;
  readonly values: OptionValues;
}

/** The service with traffic: `node dist/demo.js --speed 20`. Traces go where `SLIPSTREAM_URL` says. */
async function runDemo(group: ProcessGroup): Promise<void> {
  loadEnvFile();
  const settings = readSettings();
  const options = readOptions(process.argv.slice(2));
  const environment = await prepareLlm(group, settings, options);
  if (group.isStopping) return;
  const service = group.add(startService({ ...environment, PORT: String(options.port) }));
  endWith(group, service, () => true);
  const url = await service.ready;
  if (group.isStopping) return;
  const driver = group.add(startDriver(url, options, settings));
  // A driver that has reached its limit leaves the service to whoever wants to try it.
  endWith(group, driver, ({ code }) => code !== 0);
  sendReady(url);
}

function readOptions(args: readonly string[]): DemoOptions {
  const values = parseOptions(args, ['speed', 'port', ...PASSED_ON]);
  return {
    speed: numberOption(values, 'speed', { min: 1, max: 100 }) ?? DEFAULT_SPEED,
    port: numberOption(values, 'port', { min: 0, max: 65_535 }) ?? 0,
    values,
  };
}

/** @returns what the service's environment needs to find its model */
async function prepareLlm(
  group: ProcessGroup,
  settings: Settings,
  { speed, values }: DemoOptions,
): Promise<Record<string, string>> {
  if (settings.llm.kind === 'provider') return {};
  const { seed } = values;
  const llmServer = group.add(startLlmServerChild(seed === undefined ? { speed } : { speed, seed }));
  endWith(group, llmServer, () => true);
  return { LLM_BASE_URL: await llmServer.ready };
}

function startService(environment: Readonly<Record<string, string>>): Child {
  return startChild({
    name: 'robot-lesson',
    module: new URL('./main.js', import.meta.url),
    environment,
    stopTimeoutMs: SERVICE_STOP_TIMEOUT_MS,
  });
}

function startDriver(url: string, { speed, values }: DemoOptions, settings: Settings): Child {
  const limited = settings.llm.kind === 'provider' ? { limit: String(PROVIDER_CALL_LIMIT), ...values } : values;
  if (limited !== values) console.error(`demo: a real provider answers; limit of calls: ${limited.limit}`);
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = limited[name];
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
function endWith(group: ProcessGroup, child: Child, matters: (exit: ChildExit) => boolean): void {
  void child.exited.then((exit) => {
    if (group.isStopping || !matters(exit)) return;
    console.error(`demo: ${child.name} has ended by itself (${exit.signal ?? `exit code ${exit.code}`})`);
    void group.stop().then(() => process.exit(1));
  });
}

function main(): void {
  const group = new ProcessGroup();
  onStopRequest(() => void group.stop().then(() => process.exit(0)));
  runDemo(group).catch((error: unknown) => {
    // A child that was stopped before it was ready says so here; that is no failure of the demo.
    if (group.isStopping) return;
    console.error(`demo: ${messageOf(error)}`);
    void group.stop().then(() => process.exit(1));
  });
}

main();
