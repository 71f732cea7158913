// Preloaded: with OTEL_API=1.10 everything in the process, ours and the instrumentations, gets that version of the API.
import Module, { register } from 'node:module';
import { pathToFileURL } from 'node:url';

if (process.env.OTEL_API === '1.10') {
  const require = Module.createRequire(import.meta.url);
  const file = require.resolve('otel-api-1-10');
  const url = pathToFileURL(file.replace(/\.cjs$/, '.mjs')).href;
  const hooks = `export function resolve(specifier, context, next) {
    return specifier === '@opentelemetry/api' ? { url: ${JSON.stringify(url)}, shortCircuit: true } : next(specifier, context);
  }`;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = (request, ...rest) =>
    request === '@opentelemetry/api' ? file : resolveFilename(request, ...rest);
}
