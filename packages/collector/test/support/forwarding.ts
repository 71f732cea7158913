/** A forward destination over a queue of its own, as tests of it need. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFaultyServer, type FaultyServer, type FaultyServerOptions } from '@slipstream/testkit';
import { readExportRequest, type Span } from '@slipstream/wire';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { DestinationStats } from '../../src/destinations/contract.js';
import { createDeadLetters, type DeadLetters } from '../../src/destinations/dead-letters.js';
import {
  createForwardDestination,
  type ForwardDestination,
  type ForwardDestinationSettings,
} from '../../src/destinations/forward/forward-destination.js';
import type { ForwardSettings } from '../../src/destinations/forward/settings.js';
import type { Queue } from '../../src/queue/contract.js';
import { createSegmentQueue } from '../../src/queue/segment-queue.js';
import { encodeScores, SCORES_CONTENT_TYPE, type ScoreEntry } from '../../src/scores/payload.js';
import { toProtobuf } from './spans.js';

/** Quick enough for tests, and still a wait. */
const TIMES = { minIntervalMs: 1, firstRetryMs: 1, lastRetryMs: 4, firstSlowRetryMs: 1, lastSlowRetryMs: 4 };

export interface Letter {
  readonly reason: string;
  readonly contentType: string;
  readonly payload: Buffer;
  /** The spans in it; empty where it holds scores. */
  readonly spans: readonly Span[];
}

/** A fresh directory, queue and set of helpers for each test; whatever was started ends with it. */
export function useForwarding(name = 'backend') {
  let directory = '';
  let queue: Queue;
  let started: ForwardDestination[] = [];
  let servers: FaultyServer[] = [];
  const faults: (string | undefined)[] = [];
  const notices: string[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipstream-forward-'));
    queue = await createSegmentQueue({ directory: join(directory, 'queue') });
    started = [];
    servers = [];
    faults.length = 0;
    notices.length = 0;
  });

  afterEach(async () => {
    await Promise.all(started.map((destination) => destination.stop(0)));
    await Promise.all(servers.map((server) => server.close()));
    await queue.close();
    await rm(directory, { recursive: true, force: true });
  });

  const deadLetterPath = () => join(directory, 'dead', `${name}.ndjson`);

  async function letters(): Promise<Letter[]> {
    const text = await readFile(deadLetterPath(), 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { reason, contentType, payload } = JSON.parse(line) as Record<string, string>;
        const bytes = Buffer.from(payload ?? '', 'base64');
        const isSpans = contentType === 'application/x-protobuf';
        return {
          reason: reason ?? '',
          contentType: contentType ?? '',
          payload: bytes,
          spans: isSpans ? spansOf(bytes) : [],
        };
      });
  }

  return {
    faults,
    notices,
    letters,
    queue: () => queue,
    deadLetters: (): DeadLetters => createDeadLetters({ path: deadLetterPath(), onLost: () => undefined }),
    async sink(options: FaultyServerOptions = {}): Promise<FaultyServer> {
      const server = await createFaultyServer(options);
      servers.push(server);
      return server;
    },
    async start(
      forward: Partial<ForwardSettings> & { readonly url: string },
      settings: Partial<ForwardDestinationSettings> = {},
    ): Promise<ForwardDestination> {
      const destination = createForwardDestination({
        queue,
        forward: { name, kind: 'otlp', ...forward },
        deadLetters: createDeadLetters({ path: deadLetterPath(), onLost: () => undefined }),
        onFault: (reason) => faults.push(reason),
        onNotice: (line) => notices.push(line),
        ...TIMES,
        ...settings,
      });
      started.push(destination);
      await destination.start();
      return destination;
    },
    async append(...spans: Span[]): Promise<void> {
      await appendTo(queue, 'application/x-protobuf', toProtobuf(...spans));
    },
    async appendBytes(payload: Uint8Array): Promise<void> {
      await appendTo(queue, 'application/x-protobuf', payload);
    },
    async appendScores(...scores: ScoreEntry[]): Promise<void> {
      await appendTo(queue, SCORES_CONTENT_TYPE, encodeScores(scores));
    },
    /** Until everything in the queue is dealt with. */
    isDone: () => vi.waitFor(() => expect(queue.stats().backlog).toEqual({ [name]: 0 }), { timeout: 5000 }),
  };
}

async function appendTo(queue: Queue, contentType: string, payload: Uint8Array): Promise<void> {
  expect(await queue.append({ tenant: 'default', contentType, payload })).toMatchObject({ kind: 'ok' });
}

function spansOf(payload: Uint8Array): Span[] {
  try {
    const { resourceSpans } = readExportRequest(payload).request;
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  } catch {
    // Broken bytes are among what is buried.
    return [];
  }
}

/** How many spans a destination accounts for. */
export function booked(stats: DestinationStats): number {
  return stats.deliveredSpans + stats.rejectedSpans + stats.sampledOutSpans + stats.deadLetteredSpans;
}

export const namesOf = (spans: readonly Span[]) => spans.map(({ name }) => name);
