/**
 * `GET /api/v1/live` takes a {@link TraceFilter} and streams server-sent events:
 * `hello` (once, data `{}`), `trace` (data {@link TraceSummary}; new or changed, and matching),
 * `ping` (every 15 s, data `{}`).
 */
export const LIVE_EVENTS = ['hello', 'trace', 'ping'] as const;
export type LiveEvent = (typeof LIVE_EVENTS)[number];
