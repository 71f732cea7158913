import type { Collector } from '@slipstream/collector';
import { collectorEnvironment, type Environment } from '../config.js';
import { CliError, codeOf, portTaken, reasonOf } from '../errors.js';
import type { ExitCodeName } from '../exit-codes.js';
import { findFreePort, probePort } from '../ports/free-port.js';
import { describeHolder, findPortHolder } from '../ports/port-holder.js';
import type { CollectorFlags } from '../program/flags.js';

/** A collector in this process, ready for requests. */
export interface RunningCollector {
  readonly collector: Collector;
  /** What its clients must present, where it wants that. */
  readonly token: string | undefined;
  readonly dataDirectory: string;
}

/** Errors of the collector that the user can act on, by its codes. */
const EXIT_OF_CODE: Readonly<Record<string, ExitCodeName>> = {
  INVALID_CONFIG: 'usage',
  ADDRESS_UNAVAILABLE: 'usage',
  PORT_IN_USE: 'portTaken',
  DATA_DIRECTORY_LOCKED: 'dataDirectory',
  DATA_DIRECTORY_UNUSABLE: 'dataDirectory',
};

/**
 * Starts the collector in this process. Its code is loaded here and not before, so that other commands stay quick.
 *
 * @throws CliError `portTaken`, `usage` or `dataDirectory`
 */
export async function startCollector(flags: CollectorFlags, env: Environment): Promise<RunningCollector> {
  const { createCollector, readCollectorConfig, SETTING_DEFAULTS } = await import('@slipstream/collector');
  try {
    const settings = readCollectorConfig({ ...collectorEnvironment(flags, env) });
    // Before anything is opened: where the port is taken, the same process has often locked the data directory too.
    await requireFreePort(settings.host ?? SETTING_DEFAULTS.host, settings.port ?? SETTING_DEFAULTS.port);
    const collector = await createCollector(settings);
    return { collector, token: settings.token, dataDirectory: settings.dataDirectory };
  } catch (error) {
    const code = EXIT_OF_CODE[codeOf(error) ?? ''];
    throw code === undefined ? error : new CliError(code, reasonOf(error), { cause: error });
  }
}

async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0 || (await probePort(host, port)).kind !== 'taken') return;
  const [holder, freePort] = await Promise.all([findPortHolder(port), findFreePort(host, port)]);
  throw portTaken(`Port ${port} on ${host}`, holder && describeHolder(holder), freePort);
}
