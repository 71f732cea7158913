import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendApiError } from './api-error.js';
import { constantTimeMatch, showsToken } from './credentials.js';

export interface AccessSettings {
  /** Where it is set, everything but health and readiness needs it. */
  readonly token: string | undefined;
  /** Host names beside the loopback ones under which the collector may be called. */
  readonly allowedHosts: readonly string[];
  /** Answers a refusal where a protocol has a form of its own for it; `undefined` leaves it to the usual form. */
  readonly answerRefusal?: (
    request: FastifyRequest,
    reply: FastifyReply,
    refusal: AccessRefusal,
  ) => FastifyReply | undefined;
}

/** Why a request may not be made. */
export interface AccessRefusal {
  readonly status: 401 | 403;
  readonly code: string;
  readonly message: string;
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
  const refuse = (request: FastifyRequest, reply: FastifyReply, refusal: AccessRefusal): FastifyReply =>
    settings.answerRefusal?.(request, reply, refusal) ??
    sendApiError(reply, refusal.status, refusal.code, refusal.message);
  app.addHook('onRequest', async (request, reply) => {
    if (!isAllowedHost(request, hosts)) return refuse(request, reply, HOST_REFUSAL);
    if (!isAllowedOrigin(request)) return refuse(request, reply, ORIGIN_REFUSAL);
    if (tokens === undefined || OPEN_PATHS.has(pathOf(request)) || isAuthorized(request, tokens)) return undefined;
    const session = beginSessionOfPage(request, reply, tokens);
    if (session !== undefined) return session;
    reply.header('www-authenticate', 'Bearer realm="slipstream"');
    return refuse(request, reply, TOKEN_REFUSAL);
  });
}

const HOST_REFUSAL: AccessRefusal = {
  status: 403,
  code: 'host_not_allowed',
  message:
    'This host name is not allowed. Add it to SLIPSTREAM_COLLECTOR_ALLOWED_HOSTS, or use the address of the machine.',
};
const ORIGIN_REFUSAL: AccessRefusal = {
  status: 403,
  code: 'origin_not_allowed',
  message: 'Pages of other origins may not call this collector.',
};
const TOKEN_REFUSAL: AccessRefusal = {
  status: 401,
  code: 'token_required',
  message:
    'This collector needs its token: send "Authorization: Bearer <token>", or open the page once with ?token=<token>.',
};

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

/** A browser that opens a page with the right token in its address. */
function beginSessionOfPage(
  request: FastifyRequest,
  reply: FastifyReply,
  tokens: TokenCheck,
): FastifyReply | undefined {
  const offered = new URLSearchParams(request.url.split('?', 2)[1] ?? '').get('token');
  const isPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  return isPage && offered !== null && tokens.isToken(offered)
    ? beginSession(request, reply, tokens.session)
    : undefined;
}

function isAuthorized(request: FastifyRequest, tokens: TokenCheck): boolean {
  const { authorization } = request.headers;
  if (showsToken(authorization, tokens.isToken)) return true;
  return authorization === undefined && tokens.isSession(cookieOf(request, COOKIE_NAME) ?? '');
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
  const [path = '/', query = ''] = request.url.split('?', 2);
  const rest = new URLSearchParams(query);
  rest.delete('token');
  const search = rest.size === 0 ? '' : `?${rest}`;
  return reply
    .header('set-cookie', `${COOKIE_NAME}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_MAX_AGE_S}`)
    .header('cache-control', 'no-store')
    .redirect(`${path.replace(/^\/+/, '/')}${search}`, 303);
}
