import { allocateRing, COUNT, SLOT } from '../../src/ring/layout.js';
import type { Clock } from '../../src/worker/clock.js';
import { createHttpTransport, type HttpTimeouts } from '../../src/worker/http-transport.js';
import { maskEngine } from '../../src/worker/mask/engine.js';
import { createPipeline, type Pipeline } from '../../src/worker/pipeline.js';
import type { WorkerReply, WorkerSettings } from '../../src/worker/protocol.js';
import type { Transport } from '../../src/worker/transport.js';
import { TestProducer } from './record-encoder.js';
import { until } from './until.js';

/** Clocks that stand still until a test moves them. */
export class ManualClock implements Clock {
  wall = 1_700_000_000_000;
  monotonic = 1_000;

  wallMs = (): number => this.wall;
  monotonicMs = (): number => this.monotonic;

  advance(ms: number): void {
    this.wall += ms;
    this.monotonic += ms;
  }
}

export interface FixtureOptions {
  readonly url: string;
  readonly clock?: Clock;
  readonly timeouts?: HttpTimeouts;
  readonly transport?: Transport;
  readonly capacityBytes?: number;
  readonly maxRecordBytes?: number;
  readonly random?: () => number;
  readonly settings?: Partial<WorkerSettings>;
}

/** A pipeline on this thread, with the ring that it reads and what it says. */
export class PipelineFixture {
  readonly producer: TestProducer;
  readonly pipeline: Pipeline;
  readonly replies: WorkerReply[] = [];
  readonly log: string[] = [];
  readonly #clock: Clock | undefined;
  #flushSequence = 0;

  constructor(options: FixtureOptions) {
    const memory = allocateRing(options.capacityBytes ?? 1 << 20, options.maxRecordBytes ?? 1 << 19);
    this.producer = new TestProducer(memory);
    this.#clock = options.clock;
    const settings: WorkerSettings = {
      shared: memory.shared,
      capacityBytes: memory.capacityBytes,
      timeOriginMs: options.clock?.wallMs() ?? performance.timeOrigin,
      url: options.url,
      redisModulePath: undefined,
      project: 'default',
      headers: {},
      service: 'fixture',
      instanceId: 'instance-1',
      environment: undefined,
      release: undefined,
      version: undefined,
      sdkVersion: '0.0.0-test',
      pid: 4242,
      drainIntervalMs: 20,
      batchAgeMs: 0,
      retryBufferBytes: 32 * 1024 * 1024,
      lowerPriority: false,
      sharesThread: false,
      ...options.settings,
    };
    this.pipeline = createPipeline(settings, {
      transport: options.transport ?? createHttpTransport(settings, options.timeouts),
      maskEngine,
      log: (line) => this.log.push(line),
      reply: (reply) => this.replies.push(reply),
      ...(options.clock === undefined ? {} : { clock: options.clock }),
      ...(options.random === undefined ? {} : { random: options.random }),
    });
  }

  count(slot: (typeof COUNT)[keyof typeof COUNT]): number {
    return this.producer.memory.counts[slot] ?? 0;
  }

  get delivered(): number {
    return this.count(COUNT.DELIVERED);
  }

  /** Ended spans that are neither delivered nor dropped by the worker. */
  get pending(): number {
    return (
      this.count(COUNT.HANDED_OVER) -
      this.delivered -
      this.count(COUNT.DROPPED_RETRY_BUFFER_FULL) -
      this.count(COUNT.DROPPED_REJECTED) -
      this.count(COUNT.DROPPED_TOO_LARGE) -
      this.count(COUNT.DROPPED_ENCODE_ERROR)
    );
  }

  /** Ticks until the condition holds. */
  async tickUntil(condition: () => boolean): Promise<void> {
    await until(() => {
      this.pipeline.tick();
      return condition();
    });
  }

  requestFlush(): number {
    this.#flushSequence++;
    Atomics.store(this.producer.memory.slots, SLOT.FLUSH_REQUESTED, this.#flushSequence);
    return this.#flushSequence;
  }

  close(): void {
    Atomics.store(this.producer.memory.slots, SLOT.CLOSING, 1);
    this.requestFlush();
  }

  slot(slot: (typeof SLOT)[keyof typeof SLOT]): number {
    return Atomics.load(this.producer.memory.slots, slot);
  }

  /** Lets the pipeline end, so that it leaves no connection behind. Needs a backend that answers, or nothing pending. */
  async end(): Promise<void> {
    if (this.slot(SLOT.CLOSING) === 0) this.close();
    await this.tickUntil(() => {
      // A request that was under way may still be refused, and its batch waits for a clock that stands still.
      if (this.#clock instanceof ManualClock) this.#clock.advance(1_000);
      return this.pipeline.isDone;
    });
  }
}
