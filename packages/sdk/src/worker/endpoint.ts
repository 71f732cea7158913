import type { WorkerSettings } from './protocol.js';

const TRACES_PATH = '/v1/traces';
const LANGFUSE_OTEL_PATH = '/api/public/otel';
const INGESTION_PATH = '/api/public/ingestion';
/** Set wherever Langfuse's keys are given. */
const LANGFUSE_HEADER = 'x-langfuse-ingestion-version';

/** The path for spans: as given when it names one, else OTLP's below it. */
export function tracesPath(url: URL): string {
  const path = url.pathname.replace(/\/+$/, '');
  return (path.endsWith(TRACES_PATH) ? path : path + TRACES_PATH) + url.search;
}

/** The path of Langfuse's ingestion API beside the path for spans. */
export function ingestionPath(url: URL): string {
  const base = tracesPath(url).slice(0, -(TRACES_PATH.length + url.search.length));
  return `${base.endsWith(LANGFUSE_OTEL_PATH) ? base.slice(0, -LANGFUSE_OTEL_PATH.length) : base}${INGESTION_PATH}${url.search}`;
}

/** Whether keys or path say that it is Langfuse. */
export function isLangfuse({ url, headers }: Pick<WorkerSettings, 'url' | 'headers'>): boolean {
  return LANGFUSE_HEADER in headers || new URL(url).pathname.includes(LANGFUSE_OTEL_PATH);
}

/** Whether a host name, as `URL` gives it, is this machine's own. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** What each request carries: who we are, and the credentials of the address or of the settings. */
export function baseHeaders(
  settings: Pick<WorkerSettings, 'headers' | 'sdkVersion'>,
  url: URL,
): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': `slipstream-node/${settings.sdkVersion}` };
  if (url.username !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value;
  return headers;
}
