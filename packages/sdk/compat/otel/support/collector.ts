import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import {
  type InstrumentationScope,
  type Resource,
  readExportRequest,
  readExportRequestJson,
  type Span,
} from '@slipstream/wire';

export type ArrivedSpan = Span & { readonly scope: InstrumentationScope; readonly resource: Resource };

/** An OTLP backend that keeps each span with its scope and resource. */
export interface Collector {
  readonly url: string;
  spans(): readonly ArrivedSpan[];
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: ArrivedSpan[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      spans.push(...read(request, Buffer.concat(chunks)));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => spans,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function read({ headers }: http.IncomingMessage, body: Buffer): ArrivedSpan[] {
  const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const isJson = headers['content-type'] === 'application/json';
  const { request, rejections } = isJson ? readExportRequestJson(bytes.toString('utf8')) : readExportRequest(bytes);
  if (rejections.length > 0) throw new TypeError(`refused by the reader: ${rejections[0]?.reason}`);
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ ...span, scope, resource }))),
  );
}

/** Attributes by key. */
export function attributesOf({ attributes }: Pick<Span, 'attributes'>): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}
