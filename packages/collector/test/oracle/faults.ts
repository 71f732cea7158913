/** What goes wrong in a round, and how it is put right again. */
import type { SeededRandom } from '@slipstream/testkit';
import { BACKEND_FAULTS } from './backend.js';
import type { Rig, Setup } from './rig.js';

export interface Fault {
  readonly name: string;
  begin(rig: Rig, random: SeededRandom): Promise<void>;
  end(rig: Rig): Promise<void>;
}

const HOUR_MS = 3_600_000;

const collectorKilled: Fault = {
  name: 'collector: SIGKILL',
  begin: async (rig) => rig.victim.kill(),
  end: async (rig) => void (await rig.victim.start()),
};

const DISK_FAULTS: readonly Fault[] = (['full', 'broken', 'fsync', 'slow'] as const).map((disk) => ({
  name: { full: 'disk: full', broken: 'disk: write error', fsync: 'disk: fsync error', slow: 'disk: slow fsync' }[disk],
  begin: async (rig) => rig.victim.hook({ disk }),
  end: async (rig) => rig.victim.hook({ disk: 'ok' }),
}));

/** As a full disk and then a crash: what was half written is cut off at the start. */
const diskFullAndKilled: Fault = {
  name: 'disk: fsync error, then SIGKILL',
  begin: async (rig) => rig.victim.hook({ disk: 'fsync' }),
  end: async (rig) => {
    await rig.victim.kill();
    await rig.victim.start();
  },
};

const CLOCK_FAULTS: readonly Fault[] = [HOUR_MS, -HOUR_MS].map((clockOffsetMs) => ({
  name: `clock: ${clockOffsetMs > 0 ? 'an hour ahead' : 'an hour back'}`,
  begin: async (rig) => rig.victim.hook({ clockOffsetMs }),
  end: async (rig) => rig.victim.hook({ clockOffsetMs: 0 }),
}));

const BACKEND: readonly Fault[] = BACKEND_FAULTS.map((fault) => ({
  name: `backend: ${fault}`,
  begin: async (rig) => rig.backend.fail(fault),
  end: async (rig) => rig.backend.fail(undefined),
}));

const REDIS_FAULTS: readonly Fault[] = [
  {
    name: 'redis: SIGKILL',
    begin: async (rig) => rig.redis?.kill(),
    end: async (rig) => rig.redis?.start(),
  },
  {
    name: 'redis: frozen',
    begin: async (rig) => rig.redis?.freeze(true),
    end: async (rig) => rig.redis?.freeze(false),
  },
];

const CLICKHOUSE_FAULTS: readonly Fault[] = (['refused', 'hanging', 'cut'] as const).map((fault) => ({
  name: { refused: 'clickhouse: refuses', hanging: 'clickhouse: hangs', cut: 'clickhouse: dies in mid-insert' }[fault],
  begin: async (rig) => rig.storeLink?.fail(fault),
  end: async (rig) => rig.storeLink?.fail(undefined),
}));

/** The faults that a setup can meet. */
export function faultsOf({ queue, store }: Setup): readonly Fault[] {
  return [
    collectorKilled,
    ...BACKEND,
    ...CLOCK_FAULTS,
    ...(queue === 'segments' ? [...DISK_FAULTS, diskFullAndKilled] : REDIS_FAULTS),
    ...(store === 'clickhouse' ? CLICKHOUSE_FAULTS : []),
  ];
}
