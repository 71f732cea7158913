import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendApiError } from './api-error.js';

export interface AccessSettings {
  /** Where it is set, everything but health and readiness needs it. */
  readonly token: string | undefined;
  /** Host names beside the loopback ones under which the collector may be called. */
  readonly allowedHosts: readonly string[];
}

/** Open to probes of an orchestrator; they say nothing but that the process works. */
const OPEN_PATHS = new Set(['/health', '/ready']);

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
const COOKIE_NAME = 'slipstream_session';
/** A month: a browser on one's own machine should not ask daily. */
const COOKIE_MAX_AGE_S = 30 * 24 * 3600;

/**
 * Who may call: the `Host` must be one of ours (a page elsewhere may point its own name at this machine), an `Origin`
 * must be the page's own, and a token must be shown where one is set.
 */
export function guardAccess(app: FastifyInstance, settings: AccessSettings): void {
  const hosts = new Set([...LOOPBACK_HOSTS, ...settings.allowedHosts.map((host) => host.toLowerCase())]);
  const tokens = settings.token === undefined ? undefined : createTokenCheck(settings.token);
  app.addHook('onRequest', async (request, reply) => {
    if (!isAllowedHost(request, hosts)) {
      return sendApiError(reply, 403, 'host_not_allowed', HOST_MESSAGE);
    }
    if (!isAllowedOrigin(request)) {
      return sendApiError(reply, 403, 'origin_not_allowed', 'Pages of other origins may not call this collector.');
    }
    if (tokens === undefined || OPEN_PATHS.has(pathOf(request))) return undefined;
    return checkToken(request, reply, tokens);
  });
}

const HOST_MESSAGE =
  'This host name is not allowed. Add it to SLIPSTREAM_COLLECTOR_ALLOWED_HOSTS, or use the address of the machine.';

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function isAllowedHost(request: FastifyRequest, hosts: ReadonlySet<string>): boolean {
  const header = request.headers.host;
  if (header === undefined) return false;
  const host = header.replace(/:\d+$/, '').toLowerCase();
  // An address, unlike a name, cannot be pointed elsewhere: it is the one that this connection came in by.
  return hosts.has(host) || host === asHost(request.socket.localAddress);
}

function asHost(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const plain = address.replace(/^::ffff:/, '');
  return plain.includes(':') ? `[${plain}]` : plain;
}

/** Browsers send `Origin` with everything that can change something; programs send none. */
function isAllowedOrigin(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

interface TokenCheck {
  readonly isToken: (candidate: string) => boolean;
  readonly isSession: (candidate: string) => boolean;
  /** What the cookie holds: not the token, so that a leaked cookie does not give away the key of the senders. */
  readonly session: string;
}

function createTokenCheck(token: string): TokenCheck {
  const session = createHmac('sha256', token).update('slipstream browser session').digest('hex');
  return { isToken: constantTimeMatch(token), isSession: constantTimeMatch(session), session };
}

/** Compares digests, so that neither the place of the first difference nor the length shows in the time taken. */
function constantTimeMatch(secret: string): (candidate: string) => boolean {
  const expected = createHash('sha256').update(secret).digest();
  return (candidate) => timingSafeEqual(createHash('sha256').update(candidate).digest(), expected);
}

function checkToken(request: FastifyRequest, reply: FastifyReply, tokens: TokenCheck): FastifyReply | undefined {
  if (isAuthorized(request, tokens)) return undefined;
  const offered = new URL(request.url, 'http://localhost').searchParams.get('token');
  const isPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  if (isPage && offered !== null && tokens.isToken(offered)) return beginSession(request, reply, tokens.session);
  reply.header('www-authenticate', 'Bearer realm="slipstream"');
  return sendApiError(reply, 401, 'token_required', TOKEN_MESSAGE);
}

const TOKEN_MESSAGE =
  'This collector needs its token: send "Authorization: Bearer <token>", or open the page once with ?token=<token>.';

function isAuthorized(request: FastifyRequest, tokens: TokenCheck): boolean {
  const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(' ', 2);
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return tokens.isToken(credentials);
    case 'basic': {
      // Langfuse's clients send `public key:secret key`; only the second part is secret.
      const pair = Buffer.from(credentials, 'base64').toString('utf8');
      return tokens.isToken(pair.slice(pair.indexOf(':') + 1));
    }
    default:
      return tokens.isSession(cookieOf(request, COOKIE_NAME) ?? '');
  }
}

function cookieOf(request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

/** Moves the token from the address, where history and logs would keep it, to a cookie that scripts cannot read. */
function beginSession(request: FastifyRequest, reply: FastifyReply, session: string): FastifyReply {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.delete('token');
  return reply
    .header('set-cookie', `${COOKIE_NAME}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_MAX_AGE_S}`)
    .header('cache-control', 'no-store')
    .redirect(`${url.pathname.replace(/^\/+/, '/')}${url.search}`, 303);
}
