import type { OutgoingHttpHeaders } from 'node:http';
import { isLoopback } from '../../settings.js';
import { COLLECTOR_VERSION } from '../../version.js';
import { variableOf } from './environment.js';
import type { ForwardSettings } from './settings.js';

/** Where requests of one destination go, and with what. */
export interface ForwardTarget {
  readonly kind: ForwardSettings['kind'];
  readonly spansUrl: URL;
  /** Langfuse's ingestion API; `undefined` where scores have no place. */
  readonly scoresUrl: URL | undefined;
  /** With credentials. */
  readonly headers: OutgoingHttpHeaders;
  readonly isLoopback: boolean;
  /** To be shown: the origin alone, since paths and queries may hold keys too. */
  readonly shownUrl: string;
  /** What to change where the backend does not know us, or the address. */
  readonly credentialsHint: string;
  readonly addressHint: string;
  /** Takes our secrets out of a text that a backend sent, which may repeat what it was sent. */
  redact(text: string): string;
}

const TRACES_PATH = '/v1/traces';
const LANGFUSE_OTEL_PATH = '/api/public/otel';
const LANGFUSE_INGESTION_PATH = '/api/public/ingestion';
/** Spans with it are stored as they are, and not merged with what came before. */
const LANGFUSE_VERSION_HEADER = 'x-langfuse-ingestion-version';
const LANGFUSE_INGESTION_VERSION = '4';

/** Shorter texts would be taken out of words that have nothing to do with them. */
const MIN_SECRET_LENGTH = 4;

/** The settings MUST have been checked (`findForwardProblems`). */
export function resolveTarget(settings: ForwardSettings): ForwardTarget {
  const { name, kind } = settings;
  const url = new URL(settings.url);
  const headers = headersOf(settings, url);
  const secrets = secretsOf(settings, url, headers);
  url.username = '';
  url.password = '';
  url.hash = '';
  return {
    kind,
    ...urlsOf(kind, url),
    headers,
    isLoopback: isLoopback(url.hostname.replace(/^\[|\]$/g, '')),
    shownUrl: url.origin,
    credentialsHint: credentialsHintOf(settings),
    addressHint: `check ${variableOf(name, 'URL')}`,
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '****'), text),
  };
}

function urlsOf(kind: ForwardSettings['kind'], base: URL): Pick<ForwardTarget, 'spansUrl' | 'scoresUrl'> {
  const path = base.pathname.replace(/\/+$/, '');
  const withPath = (pathname: string) => Object.assign(new URL(base), { pathname });
  if (kind === 'otlp') {
    const spansUrl = withPath(path.endsWith(TRACES_PATH) ? path : path + TRACES_PATH);
    return { spansUrl, scoresUrl: undefined };
  }
  // People copy the address of the OTLP endpoint, too.
  const root = path.replace(/(\/api\/public\/otel)?(\/v1\/traces)?$/, '');
  return {
    spansUrl: withPath(root + LANGFUSE_OTEL_PATH + TRACES_PATH),
    scoresUrl: withPath(root + LANGFUSE_INGESTION_PATH),
  };
}

function headersOf({ kind, headers = {}, publicKey, secretKey }: ForwardSettings, url: URL): OutgoingHttpHeaders {
  const resolved: OutgoingHttpHeaders = { 'user-agent': `slipstream-collector/${COLLECTOR_VERSION}` };
  if (url.username !== '' || url.password !== '') {
    resolved.authorization = basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  }
  if (kind === 'langfuse') {
    resolved[LANGFUSE_VERSION_HEADER] = LANGFUSE_INGESTION_VERSION;
    if (publicKey !== undefined && secretKey !== undefined) resolved.authorization = basic(publicKey, secretKey);
  }
  for (const [name, value] of Object.entries(headers)) resolved[name.toLowerCase()] = value;
  return resolved;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function secretsOf(settings: ForwardSettings, url: URL, headers: OutgoingHttpHeaders): string[] {
  const { authorization } = headers;
  const all = [
    ...Object.values(settings.headers ?? {}),
    ...(typeof authorization === 'string' ? [authorization, authorization.replace(/^\w+ /, '')] : []),
    settings.publicKey,
    settings.secretKey,
    url.password,
    decodeURIComponent(url.password),
    decodeURIComponent(url.username),
    ...url.searchParams.values(),
  ];
  const secrets = new Set(all.filter((text) => text !== undefined && text.length >= MIN_SECRET_LENGTH) as string[]);
  // The longest first: one may be part of another.
  return [...secrets].sort((a, b) => b.length - a.length);
}

function credentialsHintOf({ name, kind, publicKey }: ForwardSettings): string {
  if (kind === 'langfuse' && publicKey !== undefined) {
    return `check ${variableOf(name, 'PUBLIC_KEY')} and ${variableOf(name, 'SECRET_KEY')}`;
  }
  return `check the credentials in ${variableOf(name, 'HEADERS')} or ${variableOf(name, 'URL')}`;
}
