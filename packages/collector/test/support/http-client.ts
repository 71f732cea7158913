/** A plain HTTP client that sends exactly what it is told: any header, any body, any pace. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface ClientRequest {
  readonly method?: string;
  readonly headers?: Record<string, string | number>;
  readonly body?: string | Uint8Array;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** The body as JSON. */
  json(): unknown;
}

export function send(url: string, { method, headers = {}, body }: ClientRequest = {}): Promise<ClientResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: bytes,
            text: bytes.toString('utf8'),
            json: () => JSON.parse(bytes.toString('utf8')) as unknown,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** An open stream of server-sent events. */
export interface EventListener {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly events: readonly ServerEvent[];
  readonly isEnded: () => boolean;
  /** Stops reading from the socket. */
  pause(): void;
  resume(): void;
  close(): void;
}

export function listenTo(url: string, headers: Record<string, string> = {}): Promise<EventListener> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, agent: false }, (incoming) => {
      const events: ServerEvent[] = [];
      let rest = '';
      let isEnded = false;
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
          events.push({ event, data: JSON.parse(data) as unknown });
        }
      });
      incoming.on('close', () => {
        isEnded = true;
      });
      // The server may cut the connection, which some tests want.
      incoming.on('error', () => undefined);
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        events,
        isEnded: () => isEnded,
        pause: () => incoming.pause(),
        resume: () => incoming.resume(),
        close: () => outgoing.destroy(),
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
