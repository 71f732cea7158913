import {
  type DestinationStatus,
  type Destinations,
  type ReplayAnswer,
  replayRequestSchema,
} from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { OpenDestination } from '../destinations/open-destinations.js';
import { sendApiError } from './api-error.js';
import { readInput } from './read-input.js';

export interface DestinationRoutesSettings {
  readonly destinations: readonly OpenDestination[];
  /** Entries of the queue that a destination has not dealt with, by name. */
  readonly backlog: () => Readonly<Record<string, number>>;
}

const paramsSchema = z.object({ name: z.string().max(64) });

/** `GET /api/v1/destinations` and `POST /api/v1/destinations/{name}/replay`. */
export async function destinationRoutes(app: FastifyInstance, settings: DestinationRoutesSettings): Promise<void> {
  const { destinations, backlog } = settings;
  const replaying = new Set<string>();

  app.get('/api/v1/destinations', async (_request, reply): Promise<Destinations> => {
    reply.header('cache-control', 'no-store');
    const waiting = backlog();
    return { destinations: await Promise.all(destinations.map((shown) => toStatus(shown, waiting))) };
  });

  app.post('/api/v1/destinations/:name/replay', async (request, reply) => {
    const params = paramsSchema.safeParse(request.params);
    const destination = destinations.find(({ destination: { name } }) => name === params.data?.name)?.destination;
    if (destination === undefined) {
      return sendApiError(reply, 404, 'destination_not_found', 'There is no destination of this name.');
    }
    const body = readInput(replayRequestSchema, request.body ?? {});
    if (body.kind === 'wrong') return sendApiError(reply, 400, 'invalid_request', body.message);
    const { name } = destination;
    if (replaying.has(name)) {
      return sendApiError(reply, 409, 'replay_running', 'A replay of this destination is under way: wait for its end.');
    }
    replaying.add(name);
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    try {
      const answer: ReplayAnswer = await destination.replay({ ...body.value, signal: gone.signal });
      return answer;
    } finally {
      replaying.delete(name);
    }
  });
}

async function toStatus(
  { destination, kind, target }: OpenDestination,
  backlog: Readonly<Record<string, number>>,
): Promise<DestinationStatus> {
  const { name } = destination;
  const stats = destination.stats();
  const letters = await destination.deadLetters();
  return {
    name,
    kind,
    target,
    backlogEntries: backlog[name] ?? 0,
    deliveredEntries: stats.deliveredEntries,
    deliveredSpans: stats.deliveredSpans,
    failedAttempts: stats.failedAttempts,
    rejectedSpans: stats.rejectedSpans,
    sampledOutSpans: stats.sampledOutSpans,
    fault: stats.fault ?? null,
    deadLetters: { ...letters, oldestMs: letters.oldestMs ?? null, reasons: { ...letters.reasons } },
  };
}
