import type { PythonSubject } from '../subjects.js';

/** Constants of the calibration, by name with their unit. */
export type PythonConstants = Readonly<Record<string, number>>;

/** A cost and the words for it. */
export interface Cost {
  readonly ms: number;
  readonly because: string;
}

/** What a value costs to serialise, a KiB: each library walks it, writes JSON, and some do more with it. */
interface SerialisePlan {
  /** Walks of the value, and how a node is looked at. */
  readonly walks: number;
  readonly walk: 'walkUsPerNode' | 'walkExactUsPerNode';
  readonly dumps: number;
  readonly loads: number;
  /** Writes of the JSON text as a string within other JSON. */
  readonly escapes: number;
}

/** On the thread that calls. Version 3 walks twice (media, JSON) and writes each ended span for a debug line. */
export const ON_CALLER: Partial<Readonly<Record<PythonSubject, SerialisePlan>>> = {
  'langfuse-2': { walks: 1, walk: 'walkUsPerNode', dumps: 1, loads: 1, escapes: 0 },
  'langfuse-3': { walks: 2, walk: 'walkUsPerNode', dumps: 1, loads: 0, escapes: 1 },
  'langfuse-5': { walks: 1, walk: 'walkExactUsPerNode', dumps: 1, loads: 0, escapes: 0 },
  opentelemetry: { walks: 0, walk: 'walkExactUsPerNode', dumps: 1, loads: 0, escapes: 0 },
};

/** On the exporter's thread in version 2: media are looked for, the size is taken twice, the event tried, the batch sent. */
export const ON_CONSUMER_OF_2: SerialisePlan = { walks: 4, walk: 'walkUsPerNode', dumps: 4, loads: 0, escapes: 0 };

/** Microseconds a KiB by a plan. */
export function serialiseUsPerKib(plan: SerialisePlan, constants: PythonConstants): number {
  return (
    plan.walks * at(constants, 'nodesPerKib') * at(constants, plan.walk) +
    plan.dumps * at(constants, 'jsonDumpsUsPerKib') +
    plan.loads * at(constants, 'jsonLoadsUsPerKib') +
    plan.escapes * at(constants, 'jsonEscapedUsPerKib')
  );
}

/** A constant; 0 where the calibration lacks it, which the sum in words then shows. */
export function at(constants: PythonConstants, name: string): number {
  return constants[name] ?? 0;
}

/** Calls at their prices, in milliseconds. */
export function callsMs(
  counts: { readonly python: number; readonly builtin: number },
  constants: PythonConstants,
): Cost {
  const [pythonUs, builtinUs] = [at(constants, 'pythonCallUs'), at(constants, 'builtinCallUs')];
  return {
    ms: (counts.python * pythonUs + counts.builtin * builtinUs) / 1_000,
    because: `${counts.python} Python calls at ${short(pythonUs)} µs and ${counts.builtin} built-in ones at ${short(builtinUs)} µs`,
  };
}

/** Costs one after the other. */
export function sum(...costs: readonly Cost[]): Cost {
  return {
    ms: costs.reduce((total, { ms }) => total + ms, 0),
    because: costs.map(({ because }) => because).join(' + '),
  };
}

/** Three digits, for a sum in words. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
