import { type Client, createClient, type SlipstreamOptions } from '@slipstream/sdk';
import { createOtlpSink } from '@slipstream/testkit';
import { type Observation, toObservation } from '@slipstream/wire';

/** A client whose observations are read as a backend would: through the worker, over HTTP, mapped to the model. */
export interface Tracing {
  readonly client: Client;
  /** Those that have ended since the last call, the first to begin first. */
  take(): Promise<Recorded[]>;
  close(): Promise<void>;
}

/** An observation with its maps as objects, which tests can compare at once. */
export type Recorded = Omit<Observation, 'usageDetails' | 'costDetails' | 'metadata' | 'input' | 'output'> & {
  readonly usageDetails: Record<string, number>;
  readonly costDetails: Record<string, number>;
  readonly metadata: Record<string, string>;
  /** Read back from JSON where it is some. */
  readonly input: unknown;
  readonly output: unknown;
  readonly parameters: unknown;
};

export async function openTracing(options: SlipstreamOptions = {}): Promise<Tracing> {
  const sink = await createOtlpSink();
  const settings = { url: sink.url, service: 'compat', drainIntervalMs: 1, batchAgeMs: 1, handleSignals: false };
  const client = createClient({ ...settings, ...options });
  let taken = 0;
  return {
    client,
    async take() {
      await client.flush();
      const spans = sink.spans().slice(taken);
      taken += spans.length;
      return spans
        .map((span) => recorded(toObservation(span, NONE, { name: '', version: '', ...NONE })))
        .sort((one, other) => Number(one.startTimeUnixNano - other.startTimeUnixNano));
    },
    async close() {
      await client.shutdown();
      await sink.close();
    },
  };
}

const NONE = { attributes: [], droppedAttributesCount: 0 };

function recorded(observation: Observation): Recorded {
  return {
    ...observation,
    usageDetails: Object.fromEntries(observation.usageDetails),
    costDetails: Object.fromEntries(observation.costDetails),
    metadata: Object.fromEntries(observation.metadata),
    input: readBack(observation.input),
    output: readBack(observation.output),
    parameters: readBack(observation.modelParameters),
  };
}

function readBack(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
