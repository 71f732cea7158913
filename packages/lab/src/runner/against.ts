import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { processEnvironment } from '../config.js';
import { LabPreparationError, PeerInstallError } from '../errors.js';
import { npmCi } from '../peers/installation.js';

const run = promisify(execFile);

/** Names of commits, branches and tags, and `HEAD~3`; it never begins with a dash, so it cannot be an option. */
const REF = /^[A-Za-z0-9_][A-Za-z0-9_./@^~{}+-]{0,199}$/;
const STEP_LIMIT_MS = 300_000;
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;
const SHOWN_CHARS = 1_000;

/** The SDK of another commit, built in a folder of its own. */
export interface AgainstBuild {
  /** In full. */
  readonly commit: string;
  /** Its entry, as a URL. */
  readonly sdkUrl: string;
  /** Removes the folder and git's note of it. */
  remove(): Promise<void>;
}

/** How a build is watched and ended. */
export interface AgainstChoice {
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Tells whether a text may be the name of a commit. */
export function isGitRef(ref: string): boolean {
  return REF.test(ref);
}

/**
 * Checks a commit out under the system's temporary folder, installs what its lock file has, without install scripts,
 * and builds its SDK.
 *
 * @param repository a folder in the checkout
 * @throws LabPreparationError where there is no such commit, or where it cannot be built
 */
export async function buildAgainst(
  ref: string,
  repository: string,
  { say, signal }: AgainstChoice,
): Promise<AgainstBuild> {
  if (!isGitRef(ref)) throw new LabPreparationError(`"${ref.slice(0, SHOWN_CHARS)}" cannot be the name of a commit.`);
  const git = (args: readonly string[]) => runStep('git', args, { cwd: repository, signal });
  const commit = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]).catch(() => {
    throw new LabPreparationError(`There is no commit "${ref}" here.`);
  });
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-against-'));
  const tree = join(folder, 'tree');
  const remove = async (): Promise<void> => {
    // Without the signal: a run that was interrupted removes it too. What git does not know any more needs no removal.
    await runStep('git', ['worktree', 'remove', '--force', tree], { cwd: repository }).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    say(`building the SDK of ${ref} (${commit.slice(0, 12)}) in ${tree}`);
    await git(['worktree', 'add', '--detach', tree, commit]);
    await npmCi(tree);
    await runStep(process.execPath, [join('packages', 'sdk', 'build.mjs')], { cwd: tree, signal });
    const entry = join(tree, 'packages', 'sdk', 'dist', 'index.js');
    if (!existsSync(entry)) throw new LabPreparationError(`The build of ${ref} has no ${entry}.`);
    return { commit, sdkUrl: pathToFileURL(entry).href, remove };
  } catch (error) {
    await remove();
    if (error instanceof PeerInstallError) throw new LabPreparationError(`${ref} cannot be built: ${error.message}`);
    throw error;
  }
}

interface StepChoice {
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program without a shell: its arguments are never read as anything else. */
async function runStep(file: string, args: readonly string[], { cwd, signal }: StepChoice): Promise<string> {
  try {
    const { stdout } = await run(file, [...args], {
      cwd,
      env: processEnvironment(),
      timeout: STEP_LIMIT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    });
    return stdout.trim();
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? '';
    const reason = said === '' && error instanceof Error ? error.message : said;
    throw new LabPreparationError(`"${file} ${args.join(' ')}" failed: ${reason.slice(-SHOWN_CHARS)}`);
  }
}
