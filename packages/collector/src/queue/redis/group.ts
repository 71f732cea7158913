import type { RedisOutcome } from './fault.js';
import { toFault } from './fault.js';
import type { RedisLink } from './link.js';
import { TRACES_STREAM } from './stream-names.js';

/**
 * Makes the group of a destination, from the first entry that is there, and this reader in it, in one step: a group
 * without readers counts as abandoned. Changes nothing where they exist.
 */
export async function createGroup(link: RedisLink, group: string, consumer: string): Promise<RedisOutcome<undefined>> {
  const outcome = await link.run((client) =>
    client
      .multi()
      .xgroup('CREATE', TRACES_STREAM, group, '0', 'MKSTREAM')
      .xgroup('CREATECONSUMER', TRACES_STREAM, group, consumer)
      .exec(),
  );
  if (outcome.kind === 'failed') return outcome;
  for (const [error] of outcome.value ?? []) {
    const fault = error === null ? undefined : toFault(error);
    if (fault !== undefined && fault.refusal !== 'BUSYGROUP') return { kind: 'failed', fault };
  }
  return { kind: 'ok', value: undefined };
}
