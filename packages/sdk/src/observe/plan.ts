import type { Client } from '../client/client.js';
import { typeNumberOf } from '../client/observation-handle.js';
import type { ObserveOptions } from './observe.js';

/** How one wrapper records its calls; decided once, when it is made. */
export interface Plan {
  readonly name: string;
  readonly typeNumber: number;
  readonly captureInput: boolean | undefined;
  readonly captureOutput: boolean | undefined;
  readonly client: Client | undefined;
}

/** Total: an option of another type is as if not given, and so are all where reading them throws. */
export function planOf(options: ObserveOptions, ownName: string): Plan {
  const fallback = ownName === '' ? 'anonymous' : ownName;
  try {
    const { name, type, captureInput, captureOutput, client } = options;
    return {
      name: typeof name === 'string' && name !== '' ? name : fallback,
      typeNumber: typeNumberOf(type ?? 'span'),
      captureInput: typeof captureInput === 'boolean' ? captureInput : undefined,
      captureOutput: typeof captureOutput === 'boolean' ? captureOutput : undefined,
      client: isClient(client) ? client : undefined,
    };
  } catch {
    return { name: fallback, typeNumber: 0, captureInput: undefined, captureOutput: undefined, client: undefined };
  }
}

/** By its members: another copy of the package has a class of its own. Each call asks it, and must not throw. */
function isClient(client: unknown): client is Client {
  return typeof client === 'object' && client !== null && 'enabled' in client && 'recorder' in client;
}
