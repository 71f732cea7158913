import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { addressUnavailable, portInUse, systemCodeOf } from '../../../errors.js';
import { type CallSettings, type GrpcMethod, serveCall } from './call.js';
import { guardSession, SESSION_LIMITS, type SessionLimits } from './session-guard.js';

export interface GrpcServerSettings extends Omit<CallSettings, 'methods'> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly methods: readonly GrpcMethod[];
  readonly sessionLimits?: Partial<SessionLimits>;
  /** Calls of one connection at a time. @default 64 */
  readonly maxConcurrentCalls?: number;
}

/** A server that listens. */
export interface GrpcServer {
  readonly port: number;
  /** Takes no more calls, lets those under way finish, and cuts what is left after `timeoutMs`. Safe to call twice. */
  close(timeoutMs: number): Promise<void>;
}

const DEFAULT_MAX_CONCURRENT_CALLS = 64;
/** Every SDK process holds one; far below what a process may have open. */
const MAX_CONNECTIONS = 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** What one call may send before it is read; larger than HTTP/2's 64 KiB, which slows senders on a far machine. */
const STREAM_WINDOW_BYTES = 256 * 1024;
const SESSION_WINDOW_BYTES = 1024 * 1024;
/** Of Node's own account of one connection, in megabytes; calls past it are refused. */
const MAX_SESSION_MEMORY_MB = 32;

/**
 * Serves unary gRPC methods over HTTP/2 without TLS. Browsers do not speak that, so that no page can reach it and
 * `Host` needs no check.
 *
 * @throws `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`
 */
export async function openGrpcServer(settings: GrpcServerSettings): Promise<GrpcServer> {
  const { host, port, methods } = settings;
  const server = createServer({
    maxSessionMemory: MAX_SESSION_MEMORY_MB,
    settings: {
      enablePush: false,
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxConcurrentStreams: settings.maxConcurrentCalls ?? DEFAULT_MAX_CONCURRENT_CALLS,
      maxHeaderListSize: MAX_HEADER_BYTES,
    },
  });
  server.maxConnections = MAX_CONNECTIONS;
  const sessions = new Set<ServerHttp2Session>();
  const calls: CallSettings = { ...settings, methods: new Map(methods.map((method) => [method.path, method])) };
  const limits = { ...SESSION_LIMITS, ...settings.sessionLimits };
  server.on('session', (session) => serveSession(session, sessions, calls, limits));
  await listen(server, host, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: (timeoutMs) => closeServer(server, sessions, timeoutMs),
  };
}

function serveSession(
  session: ServerHttp2Session,
  sessions: Set<ServerHttp2Session>,
  calls: CallSettings,
  limits: SessionLimits,
): void {
  sessions.add(session);
  session.once('close', () => sessions.delete(session));
  // What a peer does wrong ends its own connection; there is nobody else to tell.
  session.on('error', () => undefined);
  session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW_BYTES));
  if (!session.connecting) session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  const onCalls = guardSession(session, limits);
  let openCalls = 0;
  session.on('stream', (stream: ServerHttp2Stream, headers) => {
    openCalls++;
    onCalls(openCalls);
    stream.once('close', () => {
      openCalls--;
      onCalls(openCalls);
    });
    void serveCall(stream, headers, calls);
  });
}

async function listen(server: Http2Server, host: string, port: number): Promise<void> {
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EADDRINUSE') throw portInUse(host, port, error, 'SLIPSTREAM_COLLECTOR_GRPC_PORT');
    throw code === undefined ? error : addressUnavailable(host, port, error);
  }
}

async function closeServer(server: Http2Server, sessions: Set<ServerHttp2Session>, timeoutMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const session of sessions) session.close();
  const timer = setTimeout(() => {
    for (const session of sessions) session.destroy();
  }, timeoutMs);
  await closed;
  clearTimeout(timer);
}
