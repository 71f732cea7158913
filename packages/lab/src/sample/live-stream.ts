import { LabProcessError } from '../errors.js';

/** The collector's stream of traces that are new or have changed. */
export interface LiveTraces {
  /** Resolves once the stream has shown a trace of that name as ended; rejects when the time is up. */
  seen(name: string, limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Far more than a summary of one span takes. */
const EVENT_LIMIT_CHARS = 1024 * 1024;

/** Follows server-sent events; resolves when the collector has said hello, from which on nothing is missed. */
export async function followTraces(url: string): Promise<LiveTraces> {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  if (!response.ok || response.body === null) throw new LabProcessError(`${url} answers ${response.status}`);
  const shown = new Set<string>();
  const waiting = new Map<string, () => void>();
  const show = (name: string): void => {
    shown.add(name);
    waiting.get(name)?.();
  };
  let greet = (): void => undefined;
  const greeted = new Promise<void>((resolve) => {
    greet = resolve;
  });
  const reading = readEvents(response.body, greet, show).catch((error: unknown) => {
    // Closing it aborts the request; anything else makes the next wait run into its limit, which says what is missing.
    if (!stop.signal.aborted) process.stderr.write(`${String(error)}\n`);
  });
  await greeted;
  return {
    seen(name, limitMs) {
      if (shown.has(name)) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const limit = setTimeout(
          () => reject(new LabProcessError(`"${name}" was not in the live stream within ${limitMs} ms`)),
          limitMs,
        );
        waiting.set(name, () => {
          clearTimeout(limit);
          resolve();
        });
      });
    },
    async close() {
      stop.abort();
      await reading;
    },
  };
}

async function readEvents(
  body: ReadableStream<Uint8Array>,
  greet: () => void,
  show: (name: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    if (text.length > EVENT_LIMIT_CHARS) throw new LabProcessError('an event of the live stream has no end');
    for (const event of events) {
      if (event.includes('event: hello')) greet();
      const name = endedTraceOf(event);
      if (name !== undefined) show(name);
    }
  }
}

/** The name of the trace that an event shows as ended. */
function endedTraceOf(event: string): string | undefined {
  const data = /^data: (.*)$/m.exec(event)?.[1];
  if (!event.includes('event: trace') || data === undefined) return undefined;
  const trace = JSON.parse(data) as { readonly name?: unknown; readonly running?: unknown };
  return trace.running === false && typeof trace.name === 'string' ? trace.name : undefined;
}
