import type { ArmName } from '../arms/registry.js';
import { PeerInstallError } from '../errors.js';
import { missingPeers, npmCi } from '../peers/installation.js';
import type { Scenario } from '../runner/scenarios.js';
import { libraryOf } from './scenarios.js';

/**
 * Installs what the programs of `examples/mistakes` are built on, where a run has any that are not of this project.
 *
 * @throws PeerInstallError when that cannot be had
 */
export async function ensureMistakes(
  scenarios: readonly Scenario[],
  arms: readonly ArmName[],
  directory: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  const isNeeded =
    scenarios.some(({ kind }) => kind === 'mistake') && arms.some((arm) => libraryOf(arm) === 'langfuse');
  if (!isNeeded) return;
  if (directory === undefined) throw new PeerInstallError('The folder examples/mistakes is not there.');
  if (missingPeers(directory).length === 0) return;
  say(`installing what the programs of the mistakes stand on (once, about 60 MB, into ${directory})`);
  await npmCi(directory);
}
