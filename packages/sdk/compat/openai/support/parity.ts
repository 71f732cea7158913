import type OpenAI from 'openai-6';
import type { Library } from './libraries.js';
import { type ArrivedRequest, openScriptedServer, type Reply, type ScriptedServer } from './scripted-server.js';

/** What a case works with; the client is the bare one or the observed one, and it must not be able to tell. */
export interface ParityRun {
  readonly client: OpenAI;
  readonly library: Library;
  readonly server: ScriptedServer;
}

export interface ParityCase {
  readonly name: string;
  readonly script: (request: ArrivedRequest, index: number) => Reply;
  /** Options of the client. */
  readonly settings?: object;
  /** Makes another client than `OpenAI`. */
  readonly make?: (library: Library, settings: object) => unknown;
  /** Does what an application would, and gives all that it sees. */
  readonly run: (run: ParityRun) => unknown;
}

/** Runs a case against a server of its own. @returns what the application and the server saw. */
export async function runCase(test: ParityCase, library: Library, wrap: <C>(client: C) => C): Promise<object> {
  const server = await openScriptedServer(test.script);
  try {
    const settings = { baseURL: server.url, apiKey: 'key', maxRetries: 0, logLevel: 'off', ...test.settings };
    const made = (test.make?.(library, settings) ?? new library.OpenAI(settings as object)) as OpenAI;
    const saw = await test.run({ client: wrap(made), library, server });
    return { saw, requests: server.requests.map((request) => comparable(request, server.url)) };
  } finally {
    await server.close();
  }
}

/** Without what differs between any two requests. */
function comparable({ method, path, headers, body }: ArrivedRequest, url: string): object {
  const { host, ...others } = headers;
  const boundary = /boundary=(\S+)/.exec(others['content-type'] ?? '')?.[1];
  if (boundary === undefined) return { method, path, headers: others, body, sameHost: url.includes(String(host)) };
  const { 'content-type': type, 'content-length': length, ...rest } = others;
  return {
    method,
    path,
    headers: rest,
    type: type?.replace(boundary, '*'),
    length,
    body: body.replaceAll(boundary, '*'),
  };
}
