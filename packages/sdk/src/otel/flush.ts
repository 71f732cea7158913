import { type Client, getClient } from '../core.js';

/** Waits until what has ended is delivered, or the client's time for that is over. Never rejects. */
export async function flushClient(client: Client | undefined): Promise<void> {
  try {
    await (client ?? getClient()).flush();
  } catch {
    // What was given as a client is none.
  }
}
