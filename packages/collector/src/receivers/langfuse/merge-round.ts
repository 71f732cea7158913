import { stateOfRow } from './from-row.js';
import { rootSpanIdOf } from './ids.js';
import type { ObservationLookup } from './lookup.js';
import { emptyState, mergePatch } from './merge.js';
import type { EntityState, Patch } from './patch.js';
import type { StateTable } from './state-table.js';

/** Questions to the store at a time; it answers few at once, and refuses what comes beyond. */
const MAX_LOOKUPS_AT_ONCE = 4;

/** The entities that one batch says something of: loaded, merged, and what is new of them. */
export class MergeRound {
  readonly #table: StateTable;
  readonly #lookup: ObservationLookup;
  /** By span id within its trace, as they were before the batch, and as they are now. */
  readonly #before = new Map<string, EntityState | undefined>();
  readonly #states = new Map<string, EntityState>();
  readonly #changed = new Set<string>();
  /** Traces of which nothing was stored before the batch. */
  readonly #newTraceIds = new Set<string>();

  constructor(table: StateTable, lookup: ObservationLookup) {
    this.#table = table;
    this.#lookup = lookup;
  }

  /** Finds what is known of everything that some patches are about. Rejects where the store does not say. */
  async load(patches: readonly Patch[]): Promise<void> {
    const traceIds = [...new Set(patches.map(({ traceId }) => traceId))];
    const unknown = traceIds.filter((traceId) => this.#isWholeInTable(traceId) === undefined);
    const stored = await this.#lookup.storedTraces(unknown, this.#mark());
    for (const traceId of unknown) if (!stored.has(traceId)) this.#newTraceIds.add(traceId);
    const byName = new Map(patches.map((patch) => [nameOf(patch), patch]));
    await eachOf([...byName], async ([name, patch]) => {
      this.#before.set(name, await this.#find(patch));
    });
  }

  async #find(patch: Patch): Promise<EntityState | undefined> {
    const { kind, traceId, spanId } = patch;
    const known = this.#lookup.isExclusive ? this.#table.get(patch) : undefined;
    // The table is asked anew: while the store answered, what was in it may have had to go.
    if (known !== undefined || this.#isWholeInTable(traceId) === true || this.isNew(traceId)) return known;
    const row = await this.#lookup.find(traceId, spanId, this.#mark());
    return row === undefined ? undefined : stateOfRow({ kind, traceId, spanId }, row);
  }

  /** Whether all that is stored of a trace is in the table; `undefined` where nothing is known of it. */
  #isWholeInTable(traceId: string): boolean | undefined {
    return this.#lookup.isExclusive ? this.#table.isWhole(traceId) : undefined;
  }

  #mark(): number {
    return this.#lookup.isExclusive ? this.#table.mark : this.#lookup.mark();
  }

  /** Whether nothing of a trace was stored before the batch. */
  isNew(traceId: string): boolean {
    return this.#newTraceIds.has(traceId);
  }

  before({ traceId, spanId }: EntityState): EntityState | undefined {
    return this.#before.get(traceId + spanId);
  }

  /** Adds one event; gives what is wrong with it, if anything. */
  merge(patch: Patch): string | undefined {
    const name = nameOf(patch);
    const state = this.#states.get(name) ?? this.#before.get(name) ?? emptyState(patch);
    const merged = mergePatch(state, withStart(state, patch));
    if (merged.kind === 'refused') return merged.message;
    this.#states.set(name, merged.state);
    if (merged.kind === 'merged') this.#changed.add(name);
    return undefined;
  }

  /** The new versions of what has changed. */
  finish(): EntityState[] {
    for (const name of [...this.#changed]) this.#stretchRoot(this.#states.get(name));
    return [...this.#changed].flatMap((name) => {
      const state = this.#states.get(name);
      return state === undefined ? [] : [{ ...state, revision: Math.max(state.revision + 1, state.rank.atMs) }];
    });
  }

  /** A trace lasts as long as its observations: none of its own events says when it ends. */
  #stretchRoot(child: EntityState | undefined): void {
    if (child === undefined || child.kind === 'trace') return;
    const { traceId } = child;
    const spanId = rootSpanIdOf(traceId);
    const name = traceId + spanId;
    const root = this.#states.get(name) ?? this.#table.get({ kind: 'trace', traceId, spanId });
    const startNs = child.fields.get('startNs');
    if (root === undefined || startNs === undefined) return;
    const endNs = child.fields.get('endNs') ?? startNs;
    const fields = new Map(root.fields);
    const rootStartNs = root.fields.get('startNs') ?? startNs;
    if (BigInt(startNs) < BigInt(rootStartNs)) fields.set('startNs', startNs);
    if (BigInt(endNs) > BigInt(root.fields.get('endNs') ?? rootStartNs)) fields.set('endNs', endNs);
    const isLonger =
      fields.get('startNs') !== root.fields.get('startNs') || fields.get('endNs') !== root.fields.get('endNs');
    if (!isLonger) return;
    if (!this.#before.has(name)) this.#before.set(name, root);
    this.#states.set(name, { ...root, fields });
    this.#changed.add(name);
  }
}

/** An observation of which nobody has said when it began has begun when it was first heard of. */
function withStart(state: EntityState, patch: Patch): Patch {
  if (state.fields.has('startNs') || patch.fields.has('startNs')) return patch;
  const startNs = String(BigInt(patch.rank.atMs) * 1_000_000n);
  return { ...patch, fields: new Map([...patch.fields, ['startNs', startNs]]) };
}

function nameOf({ traceId, spanId }: Patch): string {
  return traceId + spanId;
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    try {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
    } finally {
      // Where one has failed, the rest is of no use.
      rest.length = 0;
    }
  };
  await Promise.all(Array.from({ length: MAX_LOOKUPS_AT_ONCE }, worker));
}
