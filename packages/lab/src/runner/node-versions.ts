import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LabPreparationError, PeerInstallError } from '../errors.js';
import { npmCi } from '../peers/installation.js';

const run = promisify(execFile);
const ANSWER_LIMIT_MS = 10_000;

/** Another Node's binary, and what it says that it is. */
export interface NodeBinary {
  readonly execPath: string;
  readonly version: string;
}

/**
 * Finds the binaries of other Nodes, and installs them from their lock file where one is missing.
 *
 * @param majors as `--node` has them
 * @param directory the folder whose `package.json` names them as `node-22` and the like
 * @throws LabPreparationError for a version that the folder does not have, or that does not run here
 */
export async function ensureNodes(
  majors: readonly string[],
  directory: string | undefined,
  say: (line: string) => void,
): Promise<Readonly<Record<string, NodeBinary>>> {
  if (majors.length === 0) return {};
  if (directory === undefined) throw new LabPreparationError('This run has no other Nodes.');
  const known = knownMajors(directory);
  const unknown = majors.filter((major) => !known.includes(major));
  if (unknown.length > 0) {
    throw new LabPreparationError(
      `There is no Node ${unknown.join(', ')} to measure with: ${known.join(', ')} can be had, and ${process.version} runs.`,
    );
  }
  if (majors.some((major) => !existsSync(binaryOf(directory, major)))) {
    say(`installing other Nodes (once, into ${directory})`);
    await install(directory);
  }
  const found = await Promise.all(
    majors.map(async (major): Promise<[string, NodeBinary]> => [major, await describe(directory, major)]),
  );
  return Object.fromEntries(found);
}

function knownMajors(directory: string): string[] {
  const path = join(directory, 'package.json');
  if (!existsSync(path)) return [];
  const { optionalDependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
    optionalDependencies?: Record<string, string>;
  };
  return Object.keys(optionalDependencies).flatMap((name) => /^node-(\d+)$/.exec(name)?.[1] ?? []);
}

function binaryOf(directory: string, major: string): string {
  return join(directory, 'node_modules', `node-${major}`, 'bin', 'node');
}

async function install(directory: string): Promise<void> {
  try {
    await npmCi(directory);
  } catch (error) {
    if (!(error instanceof PeerInstallError)) throw error;
    throw new LabPreparationError(`The other Nodes could not be installed: ${error.message}`);
  }
}

async function describe(directory: string, major: string): Promise<NodeBinary> {
  const execPath = binaryOf(directory, major);
  try {
    const { stdout } = await run(execPath, ['--version'], { timeout: ANSWER_LIMIT_MS });
    return { execPath, version: stdout.trim() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabPreparationError(`Node ${major} does not run here (its binaries are for 64-bit Linux): ${reason}`);
  }
}
