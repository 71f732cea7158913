import { collectorEnvironment, type Environment } from '../config.js';
import { CliError, codeOf, portTaken, reasonOf } from '../errors.js';
import type { ExitCodeName } from '../exit-codes.js';
import { findFreePort, probePort } from '../ports/free-port.js';
import { describeHolder, findPortHolder } from '../ports/port-holder.js';
import type { CollectorFlags } from '../program.js';

/** A collector in this process, ready for requests. */
export interface RunningCollector {
  readonly url: string;
  /** What its clients must present, where it wants that. */
  readonly token: string | undefined;
  readonly dataDirectory: string;
  /** Lets requests under way finish, and makes all durable. */
  close(): Promise<void>;
}

/** Errors of the collector that the user can act on, by its codes. */
const EXIT_OF_CODE: Readonly<Record<string, ExitCodeName>> = {
  INVALID_CONFIG: 'usage',
  ADDRESS_UNAVAILABLE: 'usage',
  DATA_DIRECTORY_LOCKED: 'dataDirectory',
  DATA_DIRECTORY_UNUSABLE: 'dataDirectory',
};

/**
 * Starts the collector in this process. Its code is loaded here and not before, so that other commands stay quick.
 *
 * @throws CliError `portTaken`, `usage` or `dataDirectory`
 */
export async function startCollector(flags: CollectorFlags, env: Environment): Promise<RunningCollector> {
  const { createCollector, readCollectorConfig } = await import('@slipstream/collector');
  try {
    const settings = readCollectorConfig(collectorEnvironment(flags, env));
    // Before anything is opened: with the port taken, the data directory is often locked by the same process.
    if (settings.port !== 0 && (await probePort(settings.host, settings.port)).kind === 'taken') {
      throw await describeTakenPort(settings.host, settings.port);
    }
    const collector = createCollector(settings);
    const { url } = await collector.start();
    return { url, token: settings.token, dataDirectory: settings.dataDirectory, close: () => collector.close() };
  } catch (error) {
    const code = EXIT_OF_CODE[codeOf(error) ?? ''];
    throw code === undefined ? error : new CliError(code, reasonOf(error), error);
  }
}

async function describeTakenPort(host: string, port: number): Promise<CliError> {
  const [holder, freePort] = await Promise.all([findPortHolder(port), findFreePort(host, port)]);
  return portTaken(`Port ${port} on ${host}`, holder && describeHolder(holder), freePort);
}
