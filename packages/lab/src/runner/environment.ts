import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { type ArmName, describeArm } from '../arms/registry.js';
import { installedVersion } from '../peers/installation.js';

const run = promisify(execFile);

/** The machine and the code that a report's figures belong to. */
export interface LabEnvironment {
  /** Commit that was measured; undefined outside a git checkout. */
  readonly commit?: string;
  /** True when files differed from that commit. */
  readonly dirty?: boolean;
  /** Fingerprint of those differences, as far as they are in what is measured. */
  readonly changes?: string;
  readonly node: string;
  readonly platform: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryMb: number;
  /** One-minute load average when the run began; 0 where the system has none. */
  readonly loadAverage: number;
  /** Versions of the packages that the arms use. */
  readonly packages: Readonly<Record<string, string>>;
  /** Versions of the other Nodes that scenarios ran under, by their major version. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** The commit whose SDK was measured beside this one. */
  readonly against?: { readonly ref: string; readonly commit: string };
}

/** What is measured, and not what is written about it. */
const MEASURED_PATHS = [':(top,glob)packages/*/src/**', ':(top,glob)examples/**', ':(top)packages/sdk/build.mjs'];
const FINGERPRINT_CHARS = 16;

/** Describes the machine, the checkout and the packages. */
export async function describeEnvironment(
  directory: string,
  peersDirectory: string,
  arms: readonly ArmName[],
): Promise<LabEnvironment> {
  const commit = await git(directory, ['rev-parse', 'HEAD']);
  const changes = await git(directory, ['status', '--porcelain']);
  const fingerprint = await changesOf(directory);
  const models = cpus();
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(changes === undefined ? {} : { dirty: changes !== '' }),
    ...(fingerprint === undefined ? {} : { changes: fingerprint }),
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpuModel: models[0]?.model.trim() ?? 'unknown',
    cores: models.length,
    memoryMb: Math.round(totalmem() / 1024 / 1024),
    loadAverage: loadavg()[0] ?? 0,
    packages: packageVersions(peersDirectory, arms),
  };
}

/** The same for the same code: what differs from the commit, and which files are new. */
async function changesOf(directory: string): Promise<string | undefined> {
  const differences = await git(directory, ['diff', 'HEAD', '--', ...MEASURED_PATHS]);
  const status = await git(directory, ['status', '--porcelain', '--untracked-files=all', '--', ...MEASURED_PATHS]);
  if (differences === undefined || status === undefined || status === '') return undefined;
  return createHash('sha256').update(differences).update(status).digest('hex').slice(0, FINGERPRINT_CHARS);
}

async function git(directory: string, args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', args, { cwd: directory, timeout: 10_000, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  } catch {
    // No git, or not a checkout: the report says that the commit is unknown.
    return undefined;
  }
}

function packageVersions(peersDirectory: string, arms: readonly ArmName[]): Record<string, string> {
  const names = new Set(arms.flatMap((arm) => describeArm(arm).packages));
  return Object.fromEntries([...names].map((name) => [name, installedVersion(peersDirectory, name) ?? 'missing']));
}
