/** What an ingestion API says of each event that it was sent (207), by the event's id; those it does not name it took. */
export type EventFaults = ReadonlyMap<string, number>;

/** Ids of refused events with their status; empty where the answer lists none, or cannot be read. */
export function readEventFaults(body: Uint8Array): EventFaults {
  const faults = new Map<string, number>();
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(body));
    const errors = (answer as { errors?: unknown } | null)?.errors;
    for (const error of Array.isArray(errors) ? errors : []) {
      const { id, status } = (error ?? {}) as { id?: unknown; status?: unknown };
      if (typeof id === 'string') faults.set(id, typeof status === 'number' ? status : 0);
    }
  } catch {
    // Backends answer in many ways; a 2xx that says nothing readable has refused nothing.
  }
  return faults;
}

/** Whether an event that was refused with this status is worth another try. */
export function isRetryableEvent(status: number): boolean {
  return status === 429 || status >= 500;
}
