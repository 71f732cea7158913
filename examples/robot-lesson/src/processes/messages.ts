import { z } from 'zod';

/** What a child process tells its parent, once it answers requests. */
export interface ReadyMessage {
  readonly type: 'ready';
  /** Where it listens. */
  readonly url: string;
}

/** What a parent tells its child. Windows has no SIGTERM, so signals alone would not do. */
export interface StopMessage {
  readonly type: 'stop';
}

const readySchema = z.object({ type: z.literal('ready'), url: z.string() });
const stopSchema = z.object({ type: z.literal('stop') });

/** The message, if it is one of ours; other messages (a debugger's, say) are none of our business. */
export function parseReadyMessage(message: unknown): ReadyMessage | undefined {
  return readySchema.safeParse(message).data;
}

export function isStopMessage(message: unknown): boolean {
  return stopSchema.safeParse(message).success;
}

/** Tells the parent, where there is one that listens, that this process is ready. */
export function sendReady(url: string): void {
  const message: ReadyMessage = { type: 'ready', url };
  process.send?.(message);
}
