import type { CollectorEnvironment } from '@slipstream/query-api';
import { COLLECTOR_VARIABLES, type CollectorVariable } from './config.js';
import {
  FORWARD_VARIABLE,
  FORWARD_VARIABLES,
  type ForwardSuffix,
  variableOf,
} from './destinations/forward/environment.js';
import type { ForwardSettings } from './destinations/forward/settings.js';
import { type ResolvedSettings, resolveSettings } from './settings.js';

type ShownSetting = CollectorEnvironment['settings'][number];

const MASK = '****';

/** What a variable sets; `undefined` where it is not set and has no default. */
type Value = string | number | boolean | readonly string[] | undefined;

interface Variable {
  readonly value: (settings: ResolvedSettings) => Value;
  /** `all`: never shown. `address`: shown without passwords and parameters. */
  readonly secret?: 'all' | 'address';
}

/** One line for each variable of `config.ts`: the compiler asks for a new one. */
const VARIABLES: Readonly<Record<CollectorVariable, Variable>> = {
  SLIPSTREAM_COLLECTOR_HOST: { value: ({ host }) => host },
  SLIPSTREAM_COLLECTOR_PORT: { value: ({ port }) => port },
  SLIPSTREAM_COLLECTOR_DATA_DIR: { value: ({ dataDirectory }) => dataDirectory },
  SLIPSTREAM_COLLECTOR_TOKEN: { value: ({ token }) => token, secret: 'all' },
  SLIPSTREAM_COLLECTOR_ALLOWED_HOSTS: { value: ({ allowedHosts }) => allowedHosts },
  SLIPSTREAM_COLLECTOR_UI_DIRECTORY: { value: ({ uiDirectory }) => uiDirectory },
  SLIPSTREAM_COLLECTOR_PRICE_FILE: { value: ({ priceFile }) => priceFile },
  SLIPSTREAM_COLLECTOR_MAX_BODY_BYTES: { value: ({ maxBodyBytes }) => maxBodyBytes },
  SLIPSTREAM_COLLECTOR_MAX_INFLATED_BYTES: { value: ({ maxInflatedBytes }) => maxInflatedBytes },
  SLIPSTREAM_COLLECTOR_MAX_INFLIGHT_BYTES: { value: ({ maxInflightBytes }) => maxInflightBytes },
  SLIPSTREAM_COLLECTOR_BODY_TIMEOUT_MS: { value: ({ bodyTimeoutMs }) => bodyTimeoutMs },
  SLIPSTREAM_COLLECTOR_MAX_QUEUE_BYTES: { value: ({ maxQueueBytes }) => maxQueueBytes },
  SLIPSTREAM_COLLECTOR_CLOSE_TIMEOUT_MS: { value: ({ closeTimeoutMs }) => closeTimeoutMs },
  SLIPSTREAM_COLLECTOR_GRPC_PORT: { value: ({ grpcPort }) => grpcPort ?? 'off' },
  SLIPSTREAM_QUEUE: { value: ({ queueUrl }) => queueUrl, secret: 'address' },
  SLIPSTREAM_QUEUE_EVICT_WHEN_FULL: { value: ({ evictWhenFull }) => evictWhenFull },
  SLIPSTREAM_STORE: { value: ({ storeUrl }) => storeUrl, secret: 'address' },
  SLIPSTREAM_RETENTION_DAYS: { value: ({ retentionDays }) => retentionDays },
  SLIPSTREAM_RETENTION_MAX_BYTES: { value: ({ maxStoreBytes }) => maxStoreBytes },
  SLIPSTREAM_STORE_MEMORY_BYTES: { value: ({ storeMemoryBytes }) => storeMemoryBytes },
  SLIPSTREAM_LOG_LEVEL: { value: ({ logLevel }) => logLevel },
  SLIPSTREAM_LOG_FORMAT: { value: ({ logFormat }) => logFormat },
};

/** What each variable of a forward destination sets. */
const FORWARD_VALUES: Readonly<Record<ForwardSuffix, (forward: ForwardSettings) => Value>> = {
  URL: ({ url }) => url,
  KIND: ({ kind }) => kind,
  HEADERS: ({ headers }) => (headers === undefined ? undefined : MASK),
  PUBLIC_KEY: ({ publicKey }) => publicKey,
  SECRET_KEY: ({ secretKey }) => secretKey,
  TIMEOUT_MS: ({ timeoutMs }) => timeoutMs,
  MAX_AGE_MS: ({ maxAgeMs }) => maxAgeMs,
  SAMPLE_RATE: ({ sampling }) => sampling?.sampleRate,
  KEEP_ERRORS: ({ sampling }) => sampling?.keepErrors,
  KEEP_SLOWER_THAN_MS: ({ sampling }) => sampling?.keepSlowerThanMs,
  KEEP_COSTLIER_THAN_USD: ({ sampling }) => sampling?.keepCostlierThanUsd,
  DECISION_WAIT_MS: ({ sampling }) => sampling?.decisionWaitMs,
};

/**
 * The settings that a collector runs with, under the names of their variables, without secrets. A value that is not the
 * default counts as set by the environment, wherever it came from.
 */
export function showEnvironment(settings: ResolvedSettings): CollectorEnvironment {
  const defaults = resolveSettings({ dataDirectory: '' });
  const shown = COLLECTOR_VARIABLES.map((name) => {
    const { value, secret } = VARIABLES[name];
    const source = textOf(value(settings)) === textOf(value(defaults)) ? 'default' : 'environment';
    return { name, ...masked(textOf(value(settings)), secret), source } as const;
  });
  return { settings: [...shown, ...showForwards(settings.forwards)] };
}

function showForwards(forwards: readonly ForwardSettings[]): ShownSetting[] {
  const names = forwards.map(({ name }) => name).join(',');
  const source = forwards.length === 0 ? 'default' : 'environment';
  const list = { name: FORWARD_VARIABLE, value: names === '' ? null : names, source, secret: false } as const;
  return [list, ...forwards.flatMap(showForward)];
}

function showForward(forward: ForwardSettings): ShownSetting[] {
  return FORWARD_VARIABLES.map(({ suffix, secret }) => {
    const text = textOf(FORWARD_VALUES[suffix](forward));
    const source = text === null ? 'default' : 'environment';
    return { name: variableOf(forward.name, suffix), ...masked(text, secret ? 'all' : undefined), source } as const;
  });
}

function textOf(value: Value): string | null {
  if (value === undefined) return null;
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return text === '' ? null : text;
}

function masked(text: string | null, secret: Variable['secret']): Pick<ShownSetting, 'value' | 'secret'> {
  if (secret === undefined) return { value: text, secret: false };
  if (text === null) return { value: null, secret: true };
  return { value: secret === 'all' ? MASK : maskAddress(text), secret: true };
}

/** Protocol, host, port and path; a user, a password and parameters show as masks. */
function maskAddress(address: string): string {
  if (!URL.canParse(address)) return MASK;
  const { protocol, username, password, host, pathname, search } = new URL(address);
  const user = username === '' && password === '' ? '' : `${MASK}@`;
  return `${protocol}//${user}${host}${pathname}${search === '' ? '' : `?${MASK}`}`;
}
