import { join } from 'node:path';
import type { DestinationStatus } from '@slipstream/query-api';
import { faultLog } from '../fault-log.js';
import { createPricing } from '../pricing/index.js';
import type { Queue } from '../queue/contract.js';
import type { ResolvedSettings } from '../settings.js';
import type { Store } from '../store/contract.js';
import type { Destination } from './contract.js';
import { createDeadLetters, type DeadLetters } from './dead-letters.js';
import { createForwardDestination } from './forward/forward-destination.js';
import type { ComputeCost } from './forward/sampling/trace-facts.js';
import type { ForwardSettings } from './forward/settings.js';
import { joinDeadLetters } from './shared-dead-letters.js';
import { createStoreDestination } from './store/store-destination.js';

/** A destination, and how it is shown. */
export interface OpenDestination {
  readonly destination: Destination;
  readonly kind: DestinationStatus['kind'];
  /** Where it is, without credentials, path parameters or query. */
  readonly target: string;
}

export interface OpenDestinationsSettings {
  readonly settings: Pick<ResolvedSettings, 'dataDirectory' | 'storeUrl' | 'forwards' | 'priceFile' | 'log'>;
  readonly queue: Queue;
  readonly store: Store;
  /** Told of the traces that a write to the store changed. */
  readonly onChanged: (traceIds: readonly string[]) => void;
}

/** Makes the destinations that the settings ask for, the store first. None of them reads so far. */
export async function createDestinations(parts: OpenDestinationsSettings): Promise<readonly OpenDestination[]> {
  const { settings, queue, store, onChanged } = parts;
  const { log, forwards } = settings;
  const destination = createStoreDestination({
    queue,
    store,
    deadLetters: openDeadLetters('store', parts),
    onChanged,
    onFault: faultLog(log, 'spans cannot be delivered to the store', { destination: 'store' }),
  });
  const target = targetOfStore(store, settings.storeUrl);
  const opened: OpenDestination[] = [{ destination, kind: 'store', target }];
  const computeCost = await costForSampling(forwards, settings.priceFile);
  for (const forward of forwards) {
    const { name } = forward;
    const created = createForwardDestination({
      queue,
      forward,
      deadLetters: openDeadLetters(name, parts),
      onFault: faultLog(log, `spans cannot be delivered to ${name}`, { destination: name }),
      onNotice: (line) => log.warn(`${name}: ${line}`, { destination: name }),
      computeCost,
    });
    if (forward.sampling !== undefined && queue.isShared) log.warn(sharedSamplingWarning(name));
    opened.push({ destination: created, kind: created.kind, target: created.shownUrl });
  }
  return opened;
}

/** Files of this collector, and what a shared queue keeps for all. */
function openDeadLetters(name: string, { settings, queue }: OpenDestinationsSettings): DeadLetters {
  const { dataDirectory, log } = settings;
  const path = join(dataDirectory, 'dead-letters', `${name}.ndjson`);
  const files = createDeadLetters({
    path,
    onLost: (count) =>
      log.warn(`${count} dead letters of ${name} were removed to make room: ${path}.1`, { destination: name }),
  });
  const setAside = queue.setAside?.(name);
  return setAside === undefined ? files : joinDeadLetters(files, setAside);
}

function targetOfStore({ kind }: Store, storeUrl: string | undefined): string {
  return storeUrl === undefined ? kind : `${kind}://${new URL(storeUrl).host}`;
}

/** The price table is large, and only one rule needs it. */
async function costForSampling(
  forwards: readonly ForwardSettings[],
  priceFile: string | undefined,
): Promise<ComputeCost> {
  const isNeeded = forwards.some(({ sampling }) => sampling?.keepCostlierThanUsd !== undefined);
  if (!isNeeded) return () => undefined;
  const pricing = await createPricing(priceFile);
  return (observation) => pricing.computeCost(observation);
}

function sharedSamplingWarning(name: string): string {
  return `${name} samples whole traces, and collectors that share a queue each see a part of them: run one collector, or sample by SAMPLE_RATE alone.`;
}
