import { decideSettings } from '../config.js';
import { type ExplicitConfiguration, processState } from '../context/active-span.js';
import { SlipstreamConfigError } from '../errors.js';
import type { ClientSettings, SlipstreamOptions } from '../options.js';
import { Client, createFromOptions } from './client.js';

/**
 * Makes the process's one client, and starts its worker so that the first span finds it ready. Call it once, at
 * start. A second call with equal values returns the same client.
 *
 * @throws SlipstreamConfigError `SLIPSTREAM_INVALID_OPTION` for wrong values, `SLIPSTREAM_CONFIG_CONFLICT` for a
 * second call with other values; the message names them and where the first call stands
 */
export function configure(options: SlipstreamOptions = {}): Client {
  const { client: known, explicit } = processState;
  if (known !== undefined && explicit?.given !== undefined && isSame(explicit.given, options)) return known;
  const settings = decideSettings(options);
  const client = processState.client ?? new Client(settings);
  if (processState.explicit !== undefined) {
    rejectConflict(processState.explicit, settings);
    return client;
  }
  processState.explicit = { settings, call: new Error('configure was called here'), given: { ...options } };
  if (processState.client !== undefined) client.applySettings(settings);
  processState.client = client;
  // Opening the ring here, not at the first span, is the point of configuring at start.
  void client.recorder;
  return client;
}

/**
 * Whether a call gives what the first one gave, so that neither the environment nor the settings need to be read
 * again: some applications configure in each request. Objects are left to the comparison of settings, since they can
 * have changed inside.
 */
function isSame(given: Readonly<Record<string, unknown>>, options: SlipstreamOptions): boolean {
  const names = Object.keys(options);
  return (
    names.length === Object.keys(given).length &&
    names.every((name) => {
      const value: unknown = options[name as keyof SlipstreamOptions];
      const isKept = Object.hasOwn(given, name) && value === given[name];
      return isKept && typeof value !== 'object' && typeof value !== 'function';
    })
  );
}

/** The process's client; before `configure`, the client as the environment describes it. Costs a property read. */
export function getClient(): Client {
  processState.client ??= createFromOptions({});
  return processState.client;
}

/**
 * A second, independent client, e.g. for another project with its own sampling.
 * @throws SlipstreamConfigError `SLIPSTREAM_INVALID_OPTION` for wrong values
 */
export function createClient(options: SlipstreamOptions): Client {
  return createFromOptions(options);
}

function rejectConflict(first: ExplicitConfiguration, settings: ClientSettings): void {
  const before = first.settings as unknown as Record<string, unknown>;
  // Another version of this package may know other options; what only one of them has is no contradiction.
  const names = Object.entries(settings).filter(
    ([name, value]) => Object.hasOwn(before, name) && JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  if (names.length === 0) return;
  // Headers hold keys and addresses passwords, so values of that kind are never printed.
  const changes = names.map(([name, value]) =>
    name === 'headers' ? name : `${name} (${shown(before[name])} and now ${shown(value)})`,
  );
  throw new SlipstreamConfigError(
    'SLIPSTREAM_CONFIG_CONFLICT',
    `Slipstream is configured already ${placeOf(first.call)}, with other values of ${changes.join(', ')}. ` +
      'Configure once, at start, or use createClient() for a second project.',
  );
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.replace(/\/\/[^/@"]*@/, '//') ?? 'undefined';
}

/** `at file:line:column` of the application's call. The text of a stack costs 0.4 ms, so it is made only here. */
function placeOf(call: Error): string {
  // Line 0 is the message, 1 configure itself.
  return call.stack?.split('\n')[2]?.trim() ?? 'at an unknown place';
}
