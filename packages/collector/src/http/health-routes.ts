import type { FastifyInstance } from 'fastify';

/** Whether the collector can do its work, and what stands in its way. */
export interface Readiness {
  readonly ready: boolean;
  readonly queue: string;
  readonly store: string;
  /** What an operator should know although work is done: weak durability, a queue that is nearly full. */
  readonly warnings: readonly string[];
}

/** `GET /health`: the process answers. `GET /ready`: spans can be made durable and queries answered, else 503. */
export async function healthRoutes(
  app: FastifyInstance,
  settings: { readonly readiness: () => Promise<Readiness> },
): Promise<void> {
  app.get('/health', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });
  app.get('/ready', async (_request, reply) => {
    const readiness = await settings.readiness();
    return reply
      .code(readiness.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(readiness);
  });
}
