import type { ForwardSettings, TailSamplingSettings } from './settings.js';

/** What an environment says of forwarding, and one line for each thing that is wrong with it. */
export interface ReadForwards {
  readonly forwards: readonly ForwardSettings[];
  readonly problems: readonly string[];
}

export const FORWARD_VARIABLE = 'SLIPSTREAM_FORWARD';

/** The ends of the variables of one destination; `secret` ones are never to be shown. */
export const FORWARD_VARIABLES = [
  { suffix: 'URL', secret: true },
  { suffix: 'KIND', secret: false },
  { suffix: 'HEADERS', secret: true },
  { suffix: 'PUBLIC_KEY', secret: true },
  { suffix: 'SECRET_KEY', secret: true },
  { suffix: 'TIMEOUT_MS', secret: false },
  { suffix: 'MAX_AGE_MS', secret: false },
  { suffix: 'SAMPLE_RATE', secret: false },
  { suffix: 'KEEP_ERRORS', secret: false },
  { suffix: 'KEEP_SLOWER_THAN_MS', secret: false },
  { suffix: 'KEEP_COSTLIER_THAN_USD', secret: false },
  { suffix: 'DECISION_WAIT_MS', secret: false },
] as const;

export type ForwardSuffix = (typeof FORWARD_VARIABLES)[number]['suffix'];

const SUFFIXES: readonly ForwardSuffix[] = FORWARD_VARIABLES.map(({ suffix }) => suffix);
const NAME_PATTERN = /^[a-z0-9-]{1,64}$/;
const DEFAULT_DECISION_WAIT_MS = 10_000;

/** The variable of one destination, as `SLIPSTREAM_FORWARD_MY_BACKEND_URL`. */
export function variableOf(name: string, suffix: ForwardSuffix): string {
  return `${FORWARD_VARIABLE}_${name.toUpperCase().replaceAll('-', '_')}_${suffix}`;
}

/** Reads `SLIPSTREAM_FORWARD` and what belongs to it. An empty variable counts as not set. */
export function readForwards(environment: NodeJS.ProcessEnv): ReadForwards {
  const names = (environment[FORWARD_VARIABLE] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const problems: string[] = [];
  const known = new Set<string>([FORWARD_VARIABLE]);
  const forwards: ForwardSettings[] = [];
  for (const name of new Set(names)) {
    if (!NAME_PATTERN.test(name)) {
      problems.push(`${FORWARD_VARIABLE} has a name that cannot be one: use 1 to 64 of a-z, 0-9 and "-".`);
      continue;
    }
    for (const suffix of SUFFIXES) known.add(variableOf(name, suffix));
    forwards.push(readForward(name, environment, problems));
  }
  for (const name of findDuplicates(names)) problems.push(`${FORWARD_VARIABLE} names ${JSON.stringify(name)} twice.`);
  problems.push(...findUnknown(environment, known));
  return { forwards, problems };
}

function findDuplicates(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => NAME_PATTERN.test(name) && names.indexOf(name) !== index));
}

function findUnknown(environment: NodeJS.ProcessEnv, known: ReadonlySet<string>): string[] {
  return Object.keys(environment)
    .filter((variable) => variable.startsWith(`${FORWARD_VARIABLE}_`) && !known.has(variable))
    .filter((variable) => environment[variable] !== '')
    .map(
      (variable) =>
        `${variable.slice(0, 200)} belongs to no destination: name it in ${FORWARD_VARIABLE}, or correct the end, which is one of ${SUFFIXES.join(', ')}.`,
    );
}

function readForward(name: string, environment: NodeJS.ProcessEnv, problems: string[]): ForwardSettings {
  const reader = new VariableReader(name, environment, problems);
  return {
    name,
    kind: reader.kind(),
    url: reader.text('URL') ?? '',
    headers: reader.headers(),
    publicKey: reader.text('PUBLIC_KEY'),
    secretKey: reader.text('SECRET_KEY'),
    sampling: readSampling(reader),
    timeoutMs: reader.number('TIMEOUT_MS'),
    maxAgeMs: reader.number('MAX_AGE_MS'),
  };
}

function readSampling(reader: VariableReader): TailSamplingSettings | undefined {
  const sampleRate = reader.number('SAMPLE_RATE');
  const keepErrors = reader.flag('KEEP_ERRORS');
  const keepSlowerThanMs = reader.number('KEEP_SLOWER_THAN_MS');
  const keepCostlierThanUsd = reader.number('KEEP_COSTLIER_THAN_USD');
  const decisionWaitMs = reader.number('DECISION_WAIT_MS');
  const rules = [keepErrors, keepSlowerThanMs, keepCostlierThanUsd, decisionWaitMs];
  if (sampleRate === undefined) {
    if (rules.some((rule) => rule !== undefined)) reader.rateMissing();
    return undefined;
  }
  return {
    sampleRate,
    keepErrors: keepErrors ?? true,
    keepSlowerThanMs,
    keepCostlierThanUsd,
    decisionWaitMs: decisionWaitMs ?? DEFAULT_DECISION_WAIT_MS,
  };
}

/** Reads the variables of one destination. What cannot be read counts as not set, with a line that says so. */
class VariableReader {
  readonly #name: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #problems: string[];

  constructor(name: string, environment: NodeJS.ProcessEnv, problems: string[]) {
    this.#name = name;
    this.#environment = environment;
    this.#problems = problems;
  }

  text(suffix: ForwardSuffix): string | undefined {
    const text = this.#environment[variableOf(this.#name, suffix)]?.trim();
    return text === '' ? undefined : text;
  }

  number(suffix: ForwardSuffix): number | undefined {
    const text = this.text(suffix);
    if (text === undefined || /^\d{1,15}(\.\d{1,15})?$/.test(text))
      return text === undefined ? undefined : Number(text);
    return this.#wrong(suffix, 'must be a number');
  }

  flag(suffix: ForwardSuffix): boolean | undefined {
    const text = this.text(suffix);
    if (text === undefined) return undefined;
    return text === 'true' || text === 'false' ? text === 'true' : this.#wrong(suffix, 'must be true or false');
  }

  kind(): ForwardSettings['kind'] {
    const text = this.text('KIND') ?? 'otlp';
    if (text === 'otlp' || text === 'langfuse') return text;
    this.#wrong('KIND', 'must be otlp or langfuse');
    return 'otlp';
  }

  /** `name=value,name=value` with percent-encoded values, as in `OTEL_EXPORTER_OTLP_HEADERS`. */
  headers(): Record<string, string> | undefined {
    const text = this.text('HEADERS');
    if (text === undefined) return undefined;
    const headers = new Map<string, string>();
    for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
      const at = pair.indexOf('=');
      const value = decodePercent(pair.slice(at + 1).trim());
      const name = pair.slice(0, at).trim();
      // The pair itself is not shown: it may hold a key.
      if (at < 1 || name === '' || value === undefined) {
        return this.#wrong('HEADERS', 'must be name=value,name=value, with "," "=" and "%" in values percent-encoded');
      }
      headers.set(name, value);
    }
    return Object.fromEntries(headers);
  }

  rateMissing(): void {
    this.#wrong('SAMPLE_RATE', 'is missing: say which share of the other traces is kept, from 0 to 1');
  }

  #wrong(suffix: ForwardSuffix, what: string): undefined {
    this.#problems.push(`${variableOf(this.#name, suffix)} ${what}.`);
    return undefined;
  }
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray "%"; the caller says what is wrong.
    return undefined;
  }
}
