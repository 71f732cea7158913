import { type Client, createClient, type SlipstreamOptions } from '@slipstream/sdk';
import { createOtlpSink } from '@slipstream/testkit';
import { type Observation, toObservation } from '@slipstream/wire';

/** A client whose observations a test reads as a backend would: through the worker, over HTTP, mapped to the model. */
export interface RecordedClient {
  readonly client: Client;
  /** All that have ended, the first to begin first. */
  observations(): Promise<Observation[]>;
  close(): Promise<void>;
}

export async function createRecordedClient(options: SlipstreamOptions = {}): Promise<RecordedClient> {
  const sink = await createOtlpSink();
  const settings = { url: sink.url, service: 'compat', drainIntervalMs: 1, batchAgeMs: 1, handleSignals: false };
  const client = createClient({ ...settings, ...options });
  return {
    client,
    async observations() {
      await client.flush();
      const none = { attributes: [], droppedAttributesCount: 0 };
      return sink
        .spans()
        .map((span) => toObservation(span, none, { name: '', version: '', ...none }))
        .sort((one, other) => Number(one.startTimeUnixNano - other.startTimeUnixNano));
    },
    async close() {
      await client.shutdown();
      await sink.close();
    },
  };
}

/** The tree as lines, each indented by its depth: `chain my chain`. */
export function treeOf(observations: readonly Observation[]): string[] {
  const lines: string[] = [];
  const ids = new Set(observations.map(({ spanId }) => spanId));
  const add = (observation: Observation, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${observation.type} ${observation.name}`);
    for (const child of observations) if (child.parentSpanId === observation.spanId) add(child, depth + 1);
  };
  for (const observation of observations) if (!ids.has(observation.parentSpanId)) add(observation, 0);
  return lines;
}
