/** Round after round: senders at work, a fault, its end, a fresh span gets through. Then: is everything there? */
import { setTimeout as delay } from 'node:timers/promises';
import { destinationsSchema, statusSchema, traceDetailSchema } from '@slipstream/query-api';
import { createRandom, type SeededRandom } from '@slipstream/testkit';
import { send } from '../support/http-client.js';
import { type Fault, faultsOf } from './faults.js';
import { Ledger, type Obligation, SPANS_PER_REQUEST } from './ledger.js';
import { type FaultFigures, newFigures, type OracleReport } from './report.js';
import { openRig, type RemoteStore, type Rig, type Setup } from './rig.js';

export interface OracleOptions {
  readonly setup: Setup;
  readonly seed: string;
  readonly rounds: number;
  readonly mainPath: string;
  readonly openStore: () => Promise<RemoteStore>;
}

const SENDERS = 3;
const BEFORE_FAULT_MS = 150;
const FAULT_MS = { min: 50, max: 700 };
const RECOVERY_LIMIT_MS = 60_000;
const DELIVERY_LIMIT_MS = 120_000;
const POLL_MS = 20;

/** Rejects only where the rig itself breaks; what was lost or doubled is in the report. */
export async function runOracle(options: OracleOptions): Promise<OracleReport> {
  const { setup, seed, rounds } = options;
  const random = createRandom(`${seed}/${setup.name}`);
  const rig = await openRig(setup, options.mainPath, options.openStore);
  const ledger = new Ledger(random.fork('ledger'));
  const faults = new Map<string, FaultFigures>();
  /** Which fault the obligations from each index on met. */
  const faultOf: string[] = [];
  try {
    const possible = shuffled(faultsOf(setup), random);
    for (let round = 0; round < rounds; round++) {
      const fault = possible[round % possible.length]!;
      const figures = faults.get(fault.name) ?? newFigures();
      faults.set(fault.name, figures);
      figures.rounds++;
      figures.recoveriesMs.push(await runRound(rig, ledger, fault, random));
      while (faultOf.length < ledger.obligations.length) faultOf.push(fault.name);
    }
    await settle(rig, ledger);
    for (const [index, obligation] of ledger.obligations.entries()) {
      await judge(rig, obligation, faults.get(faultOf[index]!)!);
    }
    await judgeWhole(rig, ledger);
  } finally {
    ledger.close();
    await rig.close();
  }
  return { setup: setup.name, seed, rounds, faults };
}

/** Each fault once before any comes again, in an order that the seed decides. */
function shuffled(faults: readonly Fault[], random: SeededRandom): Fault[] {
  return faults
    .map((fault) => ({ fault, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ fault }) => fault);
}

/** Gives the time from the end of the fault until a new span was acknowledged and is in store and backend. */
async function runRound(rig: Rig, ledger: Ledger, fault: Fault, random: SeededRandom): Promise<number> {
  const stop = new AbortController();
  const sending = Array.from({ length: SENDERS }, () => ledger.send(() => rig.victim.url, stop.signal));
  await delay(random.integer(1, BEFORE_FAULT_MS));
  await fault.begin(rig, random);
  await delay(random.integer(FAULT_MS.min, FAULT_MS.max));
  await fault.end(rig);
  const startMs = performance.now();
  stop.abort();
  await Promise.all(sending);
  await until(`recovery from ${fault.name}`, RECOVERY_LIMIT_MS, rig, newProbe(rig, ledger));
  return performance.now() - startMs;
}

/** Sends one new request until it is acknowledged, then waits until it shows. */
function newProbe(rig: Rig, ledger: Ledger): () => Promise<boolean> {
  const probe = ledger.create();
  return async () => {
    const { url } = rig.victim;
    if (url === undefined || !(await ledger.deliver(url, probe))) return false;
    return (await send(`${url}/api/v1/traces/${probe.traceId}`)).status === 200;
  };
}

/** What was refused is sent again; then every destination has what is owed, dead letters replayed. */
async function settle(rig: Rig, ledger: Ledger): Promise<void> {
  const url = rig.victim.url!;
  await until('what was refused to be taken', DELIVERY_LIMIT_MS, rig, () => ledger.repeat(url));
  await until('every destination to have everything', DELIVERY_LIMIT_MS, rig, async () => {
    const { destinations } = destinationsSchema.parse((await send(`${url}/api/v1/destinations`)).json());
    for (const { name, deadLetters } of destinations) {
      if (deadLetters.entries > 0) await replay(url, name);
    }
    return destinations.every(({ backlogEntries, deadLetters }) => backlogEntries === 0 && deadLetters.entries === 0);
  });
}

async function replay(url: string, name: string): Promise<void> {
  const body = JSON.stringify({ maxEntries: 1000 });
  await send(`${url}/api/v1/destinations/${name}/replay`, { body, headers: { 'content-type': 'application/json' } });
}

async function judge(rig: Rig, obligation: Obligation, figures: FaultFigures): Promise<void> {
  const { traceId, spanIds } = obligation;
  figures.offered += spanIds.length;
  const answer = await send(`${rig.victim.url}/api/v1/traces/${traceId}`);
  const stored = answer.status === 200 ? traceDetailSchema.parse(answer.json()).observations : [];
  for (const spanId of spanIds) {
    const inStore = stored.filter((observation) => observation.spanId === spanId).length;
    const inBackend = rig.backend.deliveries.get(traceId + spanId) ?? 0;
    if (inStore === 0 || inBackend === 0) figures.lost++;
    figures.duplicatedInStore += Math.max(0, inStore - 1);
    figures.duplicatedInBackend += Math.max(0, inBackend - 1);
  }
}

/** Nothing that nobody sent, and the store's own count is the ledger's. */
async function judgeWhole(rig: Rig, ledger: Ledger): Promise<void> {
  const known = new Set(
    ledger.obligations.flatMap(({ traceId, spanIds }) => spanIds.map((spanId) => traceId + spanId)),
  );
  const unknown = [...rig.backend.deliveries.keys()].filter((id) => !known.has(id));
  if (unknown.length > 0) throw new TypeError(`the backend has ${unknown.length} spans that nobody sent`);
  const { store } = statusSchema.parse((await send(`${rig.victim.url}/api/v1/status`)).json());
  const expected = ledger.obligations.length * SPANS_PER_REQUEST;
  if (store.spans !== expected) throw new TypeError(`the store counts ${store.spans} spans, not ${expected}`);
}

async function until(what: string, limitMs: number, rig: Rig, isDone: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + limitMs;
  // While a collector is down, asking it fails; that is "not yet".
  while (!(await isDone().catch(() => false))) {
    if (performance.now() > endMs) {
      throw new TypeError(`waited ${limitMs} ms for ${what}\n${rig.victim.log.slice(-4000)}`);
    }
    await delay(POLL_MS);
  }
}
