/**
 * The one file of this package that reads the environment. Flags win over it.
 */
import type { CollectorAddress } from './collector/request.js';
import { wrongUsage } from './errors.js';
import type { CollectorFlags } from './program/flags.js';

const DEFAULT_URL = 'http://127.0.0.1:4318';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process, as it is now. */
export function readEnvironment(): Environment {
  return { ...process.env };
}

/** Where the collector to ask is: `--url`, then `SLIPSTREAM_URL`, then this machine. */
export function collectorAddress(
  flags: { readonly url?: string | undefined; readonly token?: string | undefined },
  env: Environment,
): CollectorAddress {
  const text = flags.url ?? setValue(env, URL_VARIABLE) ?? DEFAULT_URL;
  const source = flags.url === undefined ? URL_VARIABLE : '--url';
  return { url: parseUrl(text, source), token: flags.token ?? setValue(env, TOKEN_VARIABLE) };
}

/** Name of the variable that holds the collector's address. */
export const URL_VARIABLE = 'SLIPSTREAM_URL';

/** Name of the variable that holds the collector's token, for both sides. */
export const TOKEN_VARIABLE = 'SLIPSTREAM_COLLECTOR_TOKEN';

/** Whether to paint: see https://no-color.org; `FORCE_COLOR` is for pipes that end at a terminal. */
export function wantsColour(env: Environment, isTerminal: boolean): boolean {
  if (setValue(env, 'NO_COLOR') !== undefined) return false;
  const forced = setValue(env, 'FORCE_COLOR');
  if (forced !== undefined) return forced !== '0';
  return isTerminal && env.TERM !== 'dumb';
}

/** How wide lines may be where the stream is no terminal: `COLUMNS`, as `COLUMNS=80 slipstream trace … | less` sets it. */
export function wantedColumns(env: Environment): number | undefined {
  const text = setValue(env, 'COLUMNS') ?? '';
  return /^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined;
}

function parseUrl(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrongUsage(`${source} must be an address such as ${DEFAULT_URL}`);
  }
  return url.origin;
}

/** A variable that is set to nothing counts as not set. */
function setValue(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

/** The variable that each flag of `up` and `dev` stands for. */
export const COLLECTOR_VARIABLES = {
  port: 'SLIPSTREAM_COLLECTOR_PORT',
  host: 'SLIPSTREAM_COLLECTOR_HOST',
  dataDir: 'SLIPSTREAM_COLLECTOR_DATA_DIR',
  token: TOKEN_VARIABLE,
  queue: 'SLIPSTREAM_QUEUE',
  store: 'SLIPSTREAM_STORE',
  grpcPort: 'SLIPSTREAM_COLLECTOR_GRPC_PORT',
} as const satisfies Record<keyof CollectorFlags, string>;

/** What the collector's own configuration reads: the environment, with the flags that were given over it. */
export function collectorEnvironment(flags: CollectorFlags, env: Environment): Environment {
  const given = Object.entries(COLLECTOR_VARIABLES).flatMap(([flag, variable]) => {
    const value = flags[flag as keyof CollectorFlags];
    return value === undefined ? [] : [[variable, String(value)] as const];
  });
  return { ...env, ...Object.fromEntries(given) };
}

/** The environment of a command that is to trace into a collector. An endpoint that the user set stays. */
export function commandEnvironment(
  collector: { readonly url: string; readonly token: string | undefined },
  env: Environment,
): Environment {
  const { url, token } = collector;
  const isOtelFree = setValue(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') === undefined;
  return {
    ...env,
    [URL_VARIABLE]: url,
    ...headersVariable('SLIPSTREAM_HEADERS', token, env),
    ...(isOtelFree ? { OTEL_EXPORTER_OTLP_ENDPOINT: url } : {}),
    // The token goes to the collector and to nobody else.
    ...(isOtelFree ? headersVariable('OTEL_EXPORTER_OTLP_HEADERS', token, env) : {}),
  };
}

/** Adds the token to a variable of the form `name=value,name=value`, values percent-encoded. */
function headersVariable(name: string, token: string | undefined, env: Environment): Environment {
  if (token === undefined) return {};
  const own = `authorization=${encodeURIComponent(`Bearer ${token}`)}`;
  const given = setValue(env, name);
  return { [name]: given === undefined ? own : `${given},${own}` };
}
