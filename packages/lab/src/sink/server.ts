import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { createSinkLedger, type SinkCounts, type SinkLedger } from './counts.js';
import { createSlowPace, type SinkFault } from './faults.js';
import { visitLabels } from './labels.js';
import { answerOther, findRoute, type RoutedRequest, type SinkAnswer, type TraceRoute } from './routes.js';
import { openSpanLog } from './span-log.js';

/** A batch of 512 spans of 100 KB, escaped, is about 60 MB: four times that can only be a fault. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** A backend that only counts. */
export interface Sink {
  /** Where arms send to, without a slash at the end. */
  readonly url: string;
  counts(): SinkCounts;
  reset(): void;
  close(): Promise<void>;
}

/** A trace request that is in, whole. */
interface Arrived {
  readonly route: TraceRoute;
  readonly request: RoutedRequest;
  readonly isGzipped: boolean;
  readonly sent: Buffer;
  answer(answer: SinkAnswer): void;
}

/**
 * Starts a sink on a free port of the loopback interface. It answers as soon as a body is in and counts afterwards,
 * so that counting never holds back a sender. With a fault it answers, and counts, as that says.
 *
 * @param countsLabels whether to look for labels in each body too
 */
export async function startSink(fault?: SinkFault, countsLabels = false): Promise<Sink> {
  const ledger = createSinkLedger();
  const uncounted: (() => void)[] = [];
  const countAll = (): void => {
    for (const count of uncounted.splice(0)) count();
  };
  const acknowledge = (arrived: Arrived): void => {
    uncounted.push(() => countBody(ledger, arrived, countsLabels));
    setImmediate(countAll);
    arrived.answer(arrived.route.answer(arrived.request));
  };
  const take = fault === undefined ? acknowledge : takeWithFault(fault, acknowledge);
  const server = createServer((message, response) => {
    const request = describe(message);
    const route = findRoute(request);
    const isGzipped = message.headers['content-encoding'] === 'gzip';
    receive(message, response, (sent) => {
      const answer = (what: SinkAnswer): void => send(response, what);
      if (route !== undefined) return take({ route, request, isGzipped, sent, answer });
      ledger.addOther();
      answer(answerOther(request));
    });
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const log = openSpanLog(url);
  const close = (): Promise<void> => {
    log.remove();
    return closeServer(server);
  };
  // Its port stays free: nobody else is given it so soon.
  if (fault?.kind === 'refusing') await close();
  return {
    url,
    counts() {
      countAll();
      log.count(ledger);
      return ledger.counts();
    },
    reset() {
      countAll();
      log.empty();
      ledger.reset();
    },
    close,
  };
}

function takeWithFault(fault: SinkFault, acknowledge: (arrived: Arrived) => void): (arrived: Arrived) => void {
  switch (fault.kind) {
    case 'refusing':
    case 'hanging':
      return () => undefined;
    case 'answering':
      return ({ answer }) => answer({ status: fault.status, contentType: 'text/plain', body: '' });
    case 'slow': {
      const pace = createSlowPace(fault.spansPerSecond);
      return (arrived) => {
        const delayMs = pace(countSpans(arrived), performance.now());
        setTimeout(acknowledge, delayMs, arrived);
      };
    }
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // An error says that it was closed before, which is as good.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function describe({ method = 'GET', url = '', headers }: IncomingMessage): RoutedRequest {
  const isJson = (headers['content-type'] ?? '').includes('json');
  return { method, path: url.split('?', 1)[0] ?? '', isJson };
}

function receive(request: IncomingMessage, response: ServerResponse, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      response.writeHead(413).end();
      request.destroy();
    } else chunks.push(chunk);
  });
  request.on('end', () => done(Buffer.concat(chunks)));
  // A sender that goes away in mid-request delivered nothing: the ledger shows it as missing spans.
  request.on('error', () => response.destroy());
}

function send(response: ServerResponse, { status, contentType, body }: SinkAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
}

function inflate({ isGzipped, sent }: Arrived): Buffer {
  return isGzipped ? gunzipSync(sent, { maxOutputLength: MAX_BODY_BYTES }) : sent;
}

function countBody(ledger: SinkLedger, arrived: Arrived, countsLabels: boolean): void {
  try {
    const body = inflate(arrived);
    ledger.addRequest(arrived.sent.length, body.length);
    arrived.route.visit(body, ledger.addSpan, arrived.request);
    if (countsLabels) visitLabels(body, ledger.addLabel);
  } catch {
    // Whatever is wrong with a body, its spans did not arrive; the run goes on and the count tells.
    ledger.addMalformed();
  }
}

function countSpans(arrived: Arrived): number {
  let spans = 0;
  try {
    arrived.route.visit(inflate(arrived), () => void spans++, arrived.request);
  } catch {
    // A body that cannot be read costs nothing here; it is counted as malformed when it is acknowledged.
  }
  return spans;
}
