import { setEnvironment } from '../../config.js';
import { ArmNotLoadedError } from '../../errors.js';
import type { Arm, SpanKind } from '../contract.js';
import { importPeer } from '../peer-module.js';

interface BraintrustModule {
  initLogger(options: { projectName: string }): unknown;
  wrapTraced<Work>(work: Work, options: { name: string; type?: 'llm' }): Work;
  flush(): Promise<void>;
}

/**
 * Braintrust's `wrapTraced`, configured by its environment variables for a server of one's own. By default it makes a
 * promise of every result.
 */
export function createBraintrustArm(peersUrl: string): Arm {
  let braintrust: BraintrustModule | undefined;
  const loaded = (): BraintrustModule => {
    if (braintrust === undefined) throw new ArmNotLoadedError('braintrust');
    return braintrust;
  };
  return {
    async load() {
      braintrust = await importPeer<BraintrustModule>(peersUrl, 'braintrust.mjs');
    },
    setUp(sinkUrl) {
      setEnvironment({
        BRAINTRUST_API_KEY: 'lab',
        BRAINTRUST_APP_URL: `${sinkUrl}/braintrust`,
        BRAINTRUST_API_URL: `${sinkUrl}/braintrust`,
      });
      loaded().initLogger({ projectName: 'lab' });
    },
    wrap: (name, work, kind) => loaded().wrapTraced(work, { name, ...typeOf(kind) }),
    flush: () => loaded().flush(),
    tearDown: () => Promise.resolve(),
  };
}

/** Without a type it is a function. */
function typeOf(kind: SpanKind): { type?: 'llm' } {
  return kind === 'generation' ? { type: 'llm' } : {};
}
