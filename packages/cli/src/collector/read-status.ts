import { type Status, statusSchema } from '@slipstream/query-api';
import { codeOf, collectorUnreachable, notACollector, notAuthorized, reasonOf } from '../errors.js';

const TIMEOUT_MS = 5000;
/** Far above any real answer; a stranger at the address could send without end. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Where a collector is, and what opens it. */
export interface CollectorAddress {
  readonly url: string;
  readonly token: string | undefined;
}

/**
 * Asks a collector for the books of every hop.
 *
 * @throws CliError `unreachable`, whether nobody, somebody else, or a stranger to our token answers
 */
export async function readStatus(address: CollectorAddress): Promise<Status> {
  const { url, token } = address;
  const response = await ask(url, token);
  if (response.status === 401 || response.status === 403) throw notAuthorized(url);
  if (!response.ok) throw notACollector(url, `it answers ${response.status} to GET /api/v1/status`);
  const parsed = statusSchema.safeParse(parseJson(url, await readText(url, response)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw notACollector(url, `${issue?.path.join('.') || 'the answer'}: ${issue?.message ?? 'unknown form'}`);
}

async function ask(url: string, token: string | undefined): Promise<Response> {
  try {
    return await fetch(new URL('/api/v1/status', url), {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      redirect: 'error', // A redirect would carry the token to an address that nobody chose.
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw collectorUnreachable(url, describeFault(error), error);
  }
}

/** fetch says only "fetch failed"; the reason is its cause. */
function describeFault(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return codeOf(cause) === 'ECONNREFUSED' ? 'nothing listens there' : reasonOf(cause);
}

async function readText(url: string, response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_ANSWER_BYTES) throw notACollector(url, `its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (codeOf(error) === 'unreachable') throw error;
    throw collectorUnreachable(url, describeFault(error), error);
  }
  return text + decoder.decode();
}

function parseJson(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notACollector(url, 'its answer is no JSON');
  }
}
