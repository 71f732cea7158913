import { validateHeaderName, validateHeaderValue } from 'node:http';
import { variableOf } from './environment.js';
import type { ForwardSettings, TailSamplingSettings } from './settings.js';

const NAME_PATTERN = /^[a-z0-9-]{1,64}$/;
/** Names the store's own cursor and dead letters. */
const RESERVED_NAME = 'store';
const MAX_FORWARDS = 20;
const MAX_TIMEOUT_MS = 10 * 60_000;
const MAX_DECISION_WAIT_MS = 60 * 60_000;

/** What the transport itself sets. */
const OWN_HEADERS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'transfer-encoding',
  'upgrade',
]);

/** What is wrong with forward settings, one line each; no line shows an address or a secret. */
export function findForwardProblems(forwards: readonly ForwardSettings[]): string[] {
  const problems: string[] = [];
  if (forwards.length > MAX_FORWARDS) problems.push(`At most ${MAX_FORWARDS} forward destinations are possible.`);
  const names = new Set<string>();
  for (const forward of forwards) {
    problems.push(...findNameProblems(forward.name, names));
    names.add(forward.name);
    if (NAME_PATTERN.test(forward.name)) problems.push(...findProblemsOf(forward));
  }
  return problems;
}

function findNameProblems(name: string, others: ReadonlySet<string>): string[] {
  if (!NAME_PATTERN.test(name)) {
    return [`${JSON.stringify(name.slice(0, 100))} is no destination name: use 1 to 64 of a-z, 0-9 and "-".`];
  }
  if (name === RESERVED_NAME) return [`"${RESERVED_NAME}" is the store's own name: choose another for a destination.`];
  return others.has(name) ? [`Two forward destinations are called ${JSON.stringify(name)}: rename one.`] : [];
}

function findProblemsOf(forward: ForwardSettings): string[] {
  return [
    ...findUrlProblems(forward),
    ...findHeaderProblems(forward),
    ...findKeyProblems(forward),
    ...findRangeProblems(forward),
    ...(forward.sampling === undefined ? [] : findSamplingProblems(forward.name, forward.sampling)),
  ];
}

function findUrlProblems({ name, url }: ForwardSettings): string[] {
  const variable = variableOf(name, 'URL');
  if (url === '')
    return [`${variable} is missing: give the address that spans go to, as https://host or http://host:4318.`];
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return [`${variable} must be an address that begins with https:// or http://.`];
  }
  const { username, password } = new URL(url);
  return isPercentEncoded(username) && isPercentEncoded(password)
    ? []
    : [`${variable} has a user or password with a "%" that is no percent-encoding: write "%25" for it.`];
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    // The caller says so.
    return false;
  }
}

function findHeaderProblems({ name, headers = {} }: ForwardSettings): string[] {
  const variable = variableOf(name, 'HEADERS');
  return Object.entries(headers).flatMap(([header, value]) => {
    if (OWN_HEADERS.has(header.toLowerCase()))
      return [`${variable} must not set ${header.toLowerCase()}: the forwarder does.`];
    try {
      validateHeaderName(header);
      validateHeaderValue(header, value);
      return [];
    } catch {
      // Node's message quotes the value, which is secret.
      return [`${variable} has a header with characters that HTTP does not allow.`];
    }
  });
}

function findKeyProblems({ name, kind, url, headers = {}, publicKey, secretKey }: ForwardSettings): string[] {
  const keys = [variableOf(name, 'PUBLIC_KEY'), variableOf(name, 'SECRET_KEY')] as const;
  if (kind !== 'langfuse') {
    const isGiven = publicKey !== undefined || secretKey !== undefined;
    return isGiven
      ? [`${keys[0]} and ${keys[1]} are Langfuse's: set ${variableOf(name, 'KIND')}=langfuse, or remove them.`]
      : [];
  }
  if ((publicKey === undefined) !== (secretKey === undefined))
    return [`${keys[0]} and ${keys[1]} belong together: set both.`];
  const hasOther =
    Object.keys(headers).some((header) => header.toLowerCase() === 'authorization') ||
    (URL.canParse(url) && new URL(url).username !== '');
  return publicKey === undefined && !hasOther ? [`${keys[0]} and ${keys[1]} are missing: Langfuse needs both.`] : [];
}

function findRangeProblems({ name, timeoutMs, maxAgeMs }: ForwardSettings): string[] {
  const problems: string[] = [];
  if (timeoutMs !== undefined && !isWhole(timeoutMs, 1, MAX_TIMEOUT_MS)) {
    problems.push(`${variableOf(name, 'TIMEOUT_MS')} must be a whole number from 1 to ${MAX_TIMEOUT_MS}.`);
  }
  if (maxAgeMs !== undefined && !isWhole(maxAgeMs, 1, Number.MAX_SAFE_INTEGER)) {
    problems.push(`${variableOf(name, 'MAX_AGE_MS')} must be a whole number above 0.`);
  }
  return problems;
}

function findSamplingProblems(name: string, sampling: TailSamplingSettings): string[] {
  const { sampleRate, keepSlowerThanMs, keepCostlierThanUsd, decisionWaitMs } = sampling;
  const problems: string[] = [];
  if (!(sampleRate >= 0 && sampleRate <= 1)) problems.push(`${variableOf(name, 'SAMPLE_RATE')} must be from 0 to 1.`);
  if (keepSlowerThanMs !== undefined && !(keepSlowerThanMs >= 0)) {
    problems.push(`${variableOf(name, 'KEEP_SLOWER_THAN_MS')} must not be below 0.`);
  }
  if (keepCostlierThanUsd !== undefined && !(keepCostlierThanUsd >= 0)) {
    problems.push(`${variableOf(name, 'KEEP_COSTLIER_THAN_USD')} must not be below 0.`);
  }
  if (!isWhole(decisionWaitMs, 1, MAX_DECISION_WAIT_MS)) {
    problems.push(`${variableOf(name, 'DECISION_WAIT_MS')} must be a whole number from 1 to ${MAX_DECISION_WAIT_MS}.`);
  }
  return problems;
}

function isWhole(value: number, lowest: number, highest: number): boolean {
  return Number.isInteger(value) && value >= lowest && value <= highest;
}
