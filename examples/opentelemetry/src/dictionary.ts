/** A service that explains words. It knows OpenTelemetry's API and nothing of Slipstream. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('dictionary', '1.0.0');

const MEANINGS: Readonly<Record<string, string>> = { cat: 'con mèo', dog: 'con chó', bird: 'con chim' };

export interface Dictionary {
  readonly url: string;
  close(): Promise<void>;
}

export async function startDictionary(): Promise<Dictionary> {
  const server = createServer((request, response) => {
    // The caller's trace goes on here: `traceparent` and baggage come with its headers.
    context.with(propagation.extract(context.active(), request.headers), () => explain(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function explain(request: IncomingMessage, response: ServerResponse): void {
  tracer.startActiveSpan('GET /words/:word', { kind: SpanKind.SERVER }, (span) => {
    const word = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
    const pupil = propagation.getActiveBaggage()?.getEntry('pupil')?.value;
    span.setAttributes({ 'dictionary.word': word, ...(pupil === undefined ? {} : { 'dictionary.pupil': pupil }) });
    const meaning = MEANINGS[word];
    if (meaning === undefined) {
      span.recordException(new RangeError(`no such word: ${word}`));
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'not found' });
    }
    response.writeHead(meaning === undefined ? 404 : 200).end(meaning);
    span.end();
  });
}
