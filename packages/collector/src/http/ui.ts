import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendApiError } from './api-error.js';

export interface UiSettings {
  /** The built files of the web package. */
  readonly directory: string | undefined;
}

/** Vite puts a hash into the names below this, so that their content never changes. */
const HASHED_ASSETS = '/assets/';
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** Never answered with the page: a wrong address there is a mistake of a program. */
const PROGRAM_PATHS = /^\/(api|v1|metrics|health|ready)(\/|$)/;

const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Slipstream</title></head>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The collector runs; its pages are not built</h1>
<p>Traces are taken and stored. To see them, build the user interface and reload this page:</p>
<pre>npm run build</pre>
<p>Or set SLIPSTREAM_COLLECTOR_UI_DIRECTORY to where the built files are.</p>
</body>
</html>
`;

/** Serves the UI: files as they are, and the page itself for every other address that a browser opens. */
export async function uiRoutes(app: FastifyInstance, settings: UiSettings): Promise<void> {
  const { directory } = settings;
  if (directory !== undefined) await app.register(fastifyStatic, { root: directory, serve: false });
  app.get('/*', async (request, reply) => {
    const path = decodePath(request);
    if (path === undefined || PROGRAM_PATHS.test(path)) return notFound(reply);
    if (directory !== undefined && path !== '/' && (await isFile(join(directory, path)))) {
      const isHashed = path.startsWith(HASHED_ASSETS);
      return reply.sendFile(path, isHashed ? { maxAge: YEAR_MS, immutable: true } : { maxAge: 0 });
    }
    if (!(request.headers.accept ?? '').includes('text/html')) return notFound(reply);
    return sendPage(reply, directory);
  });
}

async function sendPage(reply: FastifyReply, directory: string | undefined): Promise<FastifyReply> {
  reply.header('cache-control', 'no-cache');
  if (directory !== undefined && (await isFile(join(directory, 'index.html')))) {
    return reply.sendFile('index.html', { cacheControl: false });
  }
  return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT_PAGE);
}

function notFound(reply: FastifyReply): FastifyReply {
  return sendApiError(reply, 404, 'not_found', 'There is nothing at this address.');
}

/** The decoded path, or `undefined` where it tries to leave the directory or cannot be decoded. */
function decodePath(request: FastifyRequest): string | undefined {
  try {
    const path = decodeURIComponent(request.url.split('?', 1)[0] ?? '/');
    const isSuspicious = path.includes('\0') || path.includes('\\') || path.split('/').includes('..');
    return isSuspicious ? undefined : path;
  } catch {
    // A percent sign without its two digits.
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Not there, or not readable: both mean that there is no such file to serve.
    return false;
  }
}
