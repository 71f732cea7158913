// One of two services: `front` (Fastify) asks `back` (plain HTTP) for each request that it gets.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { trace } from '@opentelemetry/api';
import { configure, observe } from '@slipstream/sdk';
import { register } from '@slipstream/sdk/otel';

const require = createRequire(import.meta.url);
const [role, upstream] = process.argv.slice(2);

configure({ service: role });
const { isRegistered } = register();

const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
const { FastifyOtelInstrumentation } = require('@fastify/otel');
const fastifyInstrumentation = new FastifyOtelInstrumentation();
registerInstrumentations({
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation(), fastifyInstrumentation],
});

const work = observe(
  async (question) => {
    await null;
    return trace.getTracer('back').startActiveSpan('answer', async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      span.end();
      return `answer to ${question}`;
    });
  },
  { name: 'work' },
);

const lookup = observe(
  async (question) => {
    await null;
    const response = await fetch(`${upstream}/answer?question=${question}`);
    return response.text();
  },
  { name: 'lookup', type: 'retriever' },
);

async function startFront() {
  const app = require('fastify')();
  await app.register(fastifyInstrumentation.plugin());
  app.get('/ask/:question', async ({ params }) => ({ answer: await lookup(params.question) }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}

async function startBack() {
  const server = require('node:http').createServer(async (request, response) => {
    const question = new URL(request.url, 'http://localhost').searchParams.get('question');
    response.end(await work(question));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const server = await (role === 'front' ? startFront() : startBack());
process.on('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
const { version } = globalThis[Symbol.for('opentelemetry.js.api.1')];
process.send({ url: `http://127.0.0.1:${server.address().port}`, isRegistered, apiVersion: version });
