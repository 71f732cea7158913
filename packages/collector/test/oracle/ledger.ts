/** What was sent, what was acknowledged, and so what is owed. */
import { Agent, request } from 'node:http';
import type { SeededRandom } from '@slipstream/testkit';
import { makeSpan, PROTOBUF, toProtobuf } from '../support/spans.js';

export const SPANS_PER_REQUEST = 10;

export interface Obligation {
  readonly traceId: string;
  readonly spanIds: readonly string[];
  readonly body: Buffer;
  isAcknowledged: boolean;
}

const ANSWER_TIMEOUT_MS = 5_000;
const PAUSE_MS = 5;
const PAUSE_AFTER_REFUSAL_MS = 50;

/** Sends as OTLP clients do: what was not acknowledged is sent again, unchanged, until it is. */
export class Ledger {
  readonly obligations: Obligation[] = [];
  readonly #random: SeededRandom;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  /** Requests that were answered by anything but 2xx, or not at all. */
  refusals = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  get acknowledged(): readonly Obligation[] {
    return this.obligations.filter(({ isAcknowledged }) => isAcknowledged);
  }

  /** Sends new spans until the signal aborts; what is refused is kept for later. */
  async send(urlOf: () => string | undefined, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const url = urlOf();
      const isTaken = url !== undefined && (await this.deliver(url, this.create()));
      await pause(isTaken ? PAUSE_MS : PAUSE_AFTER_REFUSAL_MS);
    }
  }

  /** Sends what is not acknowledged yet once more; `true` when nothing is left. */
  async repeat(url: string): Promise<boolean> {
    let isDone = true;
    for (const obligation of this.obligations) {
      if (!obligation.isAcknowledged) isDone = (await this.deliver(url, obligation)) && isDone;
    }
    return isDone;
  }

  close(): void {
    this.#agent.destroy();
  }

  async deliver(url: string, obligation: Obligation): Promise<boolean> {
    if (obligation.isAcknowledged) return true;
    obligation.isAcknowledged = await this.#post(`${url}/v1/traces`, obligation.body);
    if (!obligation.isAcknowledged) this.refusals++;
    return obligation.isAcknowledged;
  }

  /** What a new request owes once it is acknowledged. */
  create(): Obligation {
    const traceId = this.#random.hex(32);
    const input = 'x'.repeat(this.#random.integer(1, 4000));
    const spans = Array.from({ length: SPANS_PER_REQUEST }, (_, index) =>
      makeSpan({
        traceId,
        spanId: this.#random.hex(16),
        name: `span ${index}`,
        attributes: { 'langfuse.observation.input': input },
      }),
    );
    const obligation = {
      traceId,
      spanIds: spans.map(({ spanId }) => spanId),
      body: toProtobuf(...spans),
      isAcknowledged: false,
    };
    this.obligations.push(obligation);
    return obligation;
  }

  #post(url: string, body: Buffer): Promise<boolean> {
    return new Promise((resolve) => {
      const outgoing = request(
        url,
        { method: 'POST', headers: PROTOBUF, agent: this.#agent, timeout: ANSWER_TIMEOUT_MS },
        (incoming) => {
          incoming.resume();
          incoming.on('error', () => resolve(false));
          incoming.on('end', () => resolve(incoming.statusCode === 200));
        },
      );
      // A collector that dies or hangs has acknowledged nothing.
      outgoing.on('error', () => resolve(false));
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.end(body);
    });
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
