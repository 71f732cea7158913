import { constants, type ServerHttp2Session } from 'node:http2';

/** What one connection may do beside calls. */
export interface SessionLimits {
  /** From the connection to its first settings frame. @default 10,000 */
  readonly handshakeTimeoutMs: number;
  /** Without a call; the sender connects again when it has something. @default 600,000 */
  readonly idleTimeoutMs: number;
  /** Pings in a row without a call. @default 20 */
  readonly maxPings: number;
  /** After this long one more ping is allowed. @default 5,000 */
  readonly pingIntervalMs: number;
}

export const SESSION_LIMITS: SessionLimits = {
  handshakeTimeoutMs: 10_000,
  idleTimeoutMs: 600_000,
  maxPings: 20,
  pingIntervalMs: 5000,
};

/** Ends connections that say nothing, stay idle, or ping all the time. Gives what to call when a call begins or ends. */
export function guardSession(session: ServerHttp2Session, limits: SessionLimits): (openCalls: number) => void {
  const handshake = setTimeout(() => session.destroy(), limits.handshakeTimeoutMs);
  let idle: NodeJS.Timeout | undefined;
  let pings = limits.maxPings;
  let lastPingAt = performance.now();

  const onIdle = (): void => session.close();
  const watchIdle = (): void => {
    clearTimeout(idle);
    idle = setTimeout(onIdle, limits.idleTimeoutMs);
  };
  session.once('remoteSettings', () => {
    clearTimeout(handshake);
    watchIdle();
  });
  session.on('ping', () => {
    const now = performance.now();
    pings = Math.min(limits.maxPings, pings + (now - lastPingAt) / limits.pingIntervalMs) - 1;
    lastPingAt = now;
    if (pings < 0 && !session.closed) {
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, undefined, Buffer.from('too_many_pings'));
      session.destroy();
    }
  });
  session.once('close', () => {
    clearTimeout(handshake);
    clearTimeout(idle);
  });
  return (openCalls) => {
    // Senders measure a connection by pings while they have calls on it.
    pings = limits.maxPings;
    clearTimeout(handshake);
    if (openCalls === 0 && !session.destroyed) watchIdle();
    else clearTimeout(idle);
  };
}
