import { setEnvironment } from '../../config.js';
import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { importPeer } from '../peer-module.js';

interface OpikModule {
  track<Work>(options: { name: string }, work: Work): Work;
  flushAll(): Promise<void>;
}

/** Opik's `track`, configured by its environment variables. */
export function createOpikArm(peersUrl: string): Arm {
  let opik: OpikModule | undefined;
  const loaded = (): OpikModule => {
    if (opik === undefined) throw new ArmNotLoadedError('opik');
    return opik;
  };
  return {
    async load() {
      opik = await importPeer<OpikModule>(peersUrl, 'opik.mjs');
    },
    setUp(sinkUrl) {
      setEnvironment({
        OPIK_URL_OVERRIDE: `${sinkUrl}/opik/api`,
        OPIK_API_KEY: 'lab',
        OPIK_WORKSPACE: 'default',
        OPIK_PROJECT_NAME: 'lab',
      });
    },
    wrap: (name, work) => loaded().track({ name }, work),
    flush: () => loaded().flushAll(),
    tearDown: () => Promise.resolve(),
  };
}
