/**
 * Decides the settings from code and environment. The only file that reads the environment.
 * A wrong value in code throws; a wrong value in the environment warns and falls back to the default.
 */
import { SlipstreamConfigError } from './errors.js';
import { maskProblem, maskSettings } from './mask/mask-option.js';
import type { ClientSettings, SlipstreamOptions } from './options.js';
import { warn as emitWarning } from './runtime.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Says what is wrong with a value, or `undefined`. */
type Check = (value: unknown) => string | undefined;

interface OptionRule {
  /** Environment variables, the first that is set wins. */
  readonly variables: readonly string[];
  readonly parse: (text: string) => unknown;
  readonly check: Check;
  readonly fallback: unknown;
}

const text = (text: string): unknown => text;
const number = (text: string): unknown => (text.trim() === '' ? Number.NaN : Number(text));
const flag = (text: string): unknown =>
  ({ true: true, '1': true, false: false, '0': false })[text.trim().toLowerCase()];

const isText: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'must be a non-empty string');
const isFlag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');

function isWholeNumber(min: number, max: number): Check {
  return (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
}

const isShare: Check = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? undefined : 'must be a number from 0 to 1';

const isUrl: Check = (value) => {
  if (typeof value !== 'string' || !URL.canParse(value))
    return 'must be an absolute address such as http://127.0.0.1:4318';
  const { protocol, username, password, hostname, pathname } = new URL(value);
  if (!isDecodable(username + password)) return 'has a user or password whose % signs are not followed by two digits';
  if (protocol === 'http:' || protocol === 'https:') return undefined;
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    return 'must begin with http://, https://, redis:// or rediss://';
  return hostname !== '' && /^(\/\d{0,5})?$/.test(pathname)
    ? undefined
    : 'must name a Redis as redis://host:port/number-of-database';
};

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    // URIError: a percent sign that begins nothing.
    return false;
  }
}

function isOneOf(...names: readonly string[]): Check {
  return (value) => (names.includes(value as string) ? undefined : `must be one of ${names.join(', ')}`);
}

const isHeaders: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(([name, item]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(item))
    ? undefined
    : 'must be an object of header names and values';

const MEBIBYTE = 1024 * 1024;

/** Of those who name none. */
const DEFAULT_PROJECT = 'default';

function ours(name: string): string {
  return `SLIPSTREAM_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function rule(
  name: string,
  others: readonly string[],
  parse: OptionRule['parse'],
  check: Check,
  fallback: unknown,
): OptionRule {
  return { variables: [ours(name), ...others], parse, check, fallback };
}

const RULES: Readonly<Record<keyof SlipstreamOptions, OptionRule>> = {
  url: rule('url', ['LANGFUSE_BASE_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT'], text, isUrl, 'http://127.0.0.1:4318'),
  publicKey: rule('publicKey', ['LANGFUSE_PUBLIC_KEY'], text, isText, undefined),
  secretKey: rule('secretKey', ['LANGFUSE_SECRET_KEY'], text, isText, undefined),
  headers: rule('headers', ['OTEL_EXPORTER_OTLP_HEADERS'], parseHeaders, isHeaders, {}),
  service: rule('service', ['OTEL_SERVICE_NAME'], text, isText, 'unknown_service:node'),
  environment: rule('environment', ['LANGFUSE_TRACING_ENVIRONMENT'], text, isText, undefined),
  release: rule('release', ['LANGFUSE_RELEASE'], text, isText, undefined),
  version: rule('version', [], text, isText, undefined),
  enabled: rule('enabled', [], flag, isFlag, true),
  sampleRate: rule('sampleRate', [], number, isShare, 1),
  captureInput: rule('captureInput', [], flag, isFlag, true),
  captureOutput: rule('captureOutput', [], flag, isFlag, true),
  maxCaptureBytes: rule('maxCaptureBytes', [], number, isWholeNumber(64, 16 * MEBIBYTE), 256 * 1024),
  mask: rule('mask', [], text, maskProblem, undefined),
  captureMedia: rule('captureMedia', [], flag, isFlag, false),
  bufferBytes: rule('bufferBytes', [], number, isWholeNumber(65_536, 1024 * MEBIBYTE), 16 * MEBIBYTE),
  drainIntervalMs: rule('drainIntervalMs', [], number, isWholeNumber(1, 60_000), 20),
  batchAgeMs: rule('batchAgeMs', [], number, isWholeNumber(0, 60_000), 100),
  retryBufferBytes: rule('retryBufferBytes', [], number, isWholeNumber(65_536, 4096 * MEBIBYTE), 32 * MEBIBYTE),
  exitTimeoutMs: rule('exitTimeoutMs', [], number, isWholeNumber(0, 60_000), 1000),
  handleSignals: rule('handleSignals', [], flag, isFlag, true),
  transport: rule('transport', [], text, isOneOf('worker', 'inline'), 'worker'),
};

/** `name=value` pairs divided by commas, values percent-encoded, as OpenTelemetry has it. */
function parseHeaders(list: string): unknown {
  const headers: Record<string, string> = {};
  for (const pair of list.split(',')) {
    const separator = pair.indexOf('=');
    if (separator <= 0) {
      if (pair.trim() !== '') return undefined;
      continue;
    }
    try {
      headers[pair.slice(0, separator).trim().toLowerCase()] = decodeURIComponent(pair.slice(separator + 1).trim());
    } catch {
      // Malformed percent-encoding; the caller warns that the variable is wrong.
      return undefined;
    }
  }
  return headers;
}

/**
 * @throws SlipstreamConfigError `SLIPSTREAM_INVALID_OPTION` naming every wrong option at once
 */
export function decideSettings(
  options: SlipstreamOptions,
  environment: Environment = globalThis.process?.env ?? {},
  warn: (message: string) => void = (message) => emitWarning(message, 'SLIPSTREAM_ENVIRONMENT'),
): ClientSettings {
  const problems = unknownOptions(options);
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(RULES)) {
    const given = (options as Record<string, unknown>)[name];
    const problem = given === undefined ? undefined : option.check(given);
    if (problem !== undefined) problems.push(`${name} ${problem}`);
    values[name] = given ?? fromEnvironment(name, option, environment, warn);
  }
  if (problems.length > 0)
    throw new SlipstreamConfigError('SLIPSTREAM_INVALID_OPTION', `Slipstream: ${problems.join('; ')}.`);
  return assemble(values as unknown as Required<SlipstreamOptions>);
}

function unknownOptions(options: SlipstreamOptions): string[] {
  if (typeof options !== 'object' || options === null) return ['options must be an object'];
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(RULES, name));
  return unknown.map((name) => `"${name}" is not an option (known: ${Object.keys(RULES).join(', ')})`);
}

function fromEnvironment(
  name: string,
  option: OptionRule,
  environment: Environment,
  warn: (message: string) => void,
): unknown {
  for (const variable of option.variables) {
    const raw = environment[variable];
    if (raw === undefined || raw === '') continue;
    const value = option.parse(raw);
    const problem = option.check(value);
    if (problem === undefined) return value;
    // The value itself may be a secret, so only the variable is named.
    warn(`Slipstream: ${variable} ${problem}; using the default for "${name}".`);
  }
  return option.fallback;
}

function assemble(values: Required<SlipstreamOptions>): ClientSettings {
  const { publicKey, secretKey, url, headers, mask: rules, ...others } = values;
  const rest = { ...others, mask: maskSettings(rules) };
  const project = publicKey || DEFAULT_PROJECT;
  const isRedis = /^rediss?:/i.test(url);
  if (isRedis || !publicKey || !secretKey) return { ...rest, url, project, headers: lowerCaseKeys(headers) };
  const basic = Buffer.from(`${publicKey}:${secretKey}`).toString('base64');
  const langfuse = { authorization: `Basic ${basic}`, 'x-langfuse-ingestion-version': '4' };
  return { ...rest, url: langfuseAddress(url), project, headers: { ...langfuse, ...lowerCaseKeys(headers) } };
}

function lowerCaseKeys(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Langfuse takes OTLP below a path of its own; an address that already names a path is left alone. */
function langfuseAddress(url: string): string {
  const address = new URL(url);
  if (address.pathname !== '/') return url;
  address.pathname = '/api/public/otel/v1/traces';
  return address.href;
}

/** The environment's limits of OpenTelemetry spans, the specification's name before that of OpenTelemetry's JS SDK. */
const SPAN_LIMIT_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  attributeCountLimit: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  attributeValueLengthLimit: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  eventCountLimit: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
  linkCountLimit: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
  attributePerEventCountLimit: ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT'],
  attributePerLinkCountLimit: ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', 'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT'],
};

const isLimit = isWholeNumber(0, Number.MAX_SAFE_INTEGER);

/** Limits that the environment sets, by the names of `SpanLimits`. What is wrong there is as if it were not set. */
export function readSpanLimits(environment: Environment = process.env): Readonly<Record<string, number | undefined>> {
  const limits: Record<string, number | undefined> = {};
  for (const [name, variables] of Object.entries(SPAN_LIMIT_VARIABLES)) {
    const texts = variables.map((variable) => environment[variable]?.trim());
    limits[name] = texts.map((text) => (text ? Number(text) : undefined)).find((value) => isLimit(value) === undefined);
  }
  return limits;
}
