import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { importPeer } from '../peer-module.js';

interface LaminarModule {
  Laminar: {
    initialize(options: { projectApiKey: string; baseUrl: string; httpPort: number; forceHttp: boolean }): void;
    flush(): Promise<void>;
    shutdown(): Promise<void>;
  };
  observe<Input, Output>(options: { name: string }, work: (input: Input) => Output, input: Input): Promise<Output>;
}

/**
 * Laminar by its `initialize` and `observe`, sending OTLP over HTTP, which it documents beside its default gRPC (their
 * costs were within a tenth of each other). Its `observe` makes a promise of every result.
 */
export function createLaminarArm(peersUrl: string): Arm {
  let laminar: LaminarModule | undefined;
  const loaded = (): LaminarModule => {
    if (laminar === undefined) throw new ArmNotLoadedError('laminar');
    return laminar;
  };
  return {
    async load() {
      laminar = await importPeer<LaminarModule>(peersUrl, 'laminar.mjs');
    },
    setUp(sinkUrl) {
      const { hostname, port } = new URL(sinkUrl);
      loaded().Laminar.initialize({
        projectApiKey: 'lab',
        baseUrl: `http://${hostname}`,
        httpPort: Number(port),
        forceHttp: true,
      });
    },
    wrap<Input, Output>(name: string, work: (input: Input) => Output) {
      const { observe } = loaded();
      return (input: Input) => observe({ name }, work, input) as Output;
    },
    flush: () => loaded().Laminar.flush(),
    tearDown: () => loaded().Laminar.shutdown(),
  };
}
