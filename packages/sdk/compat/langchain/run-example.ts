import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createOtlpSink } from '@slipstream/testkit';
import { type Observation, toObservation } from '@slipstream/wire';

/** What an example said, and what arrived of it. */
export interface ExampleRun {
  readonly output: string;
  readonly observations: readonly Observation[];
}

const EXAMPLES = path.resolve(import.meta.dirname, '../../../../examples');
/** From here the packages beside it are found, and nothing that is left behind is taken for a source. */
const COPIES = path.resolve(import.meta.dirname, '../node_modules/.cache');

/**
 * Runs an example as its user does, in a process of its own. It has no packages beside it, so a copy of it runs where
 * those of its versions are found.
 *
 * @param aliases - names under which packages stand here, where that is not their own
 */
export async function runExample(name: string, aliases: Readonly<Record<string, string>> = {}): Promise<ExampleRun> {
  const sink = await createOtlpSink();
  await mkdir(COPIES, { recursive: true });
  const folder = await mkdtemp(path.join(COPIES, 'example-'));
  try {
    let code = await readFile(path.join(EXAMPLES, name, 'main.mjs'), 'utf8');
    for (const [from, to] of Object.entries(aliases)) code = code.replaceAll(`from '${from}`, `from '${to}`);
    const main = path.join(folder, 'main.mjs');
    await writeFile(main, code);
    const env = { ...process.env, NODE_OPTIONS: '', SLIPSTREAM_URL: sink.url };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main], { env, timeout: 60_000 });
    const none = { attributes: [], droppedAttributesCount: 0 };
    const spans = sink.spans().map((span) => toObservation(span, none, { name: '', version: '', ...none }));
    const byStart = (one: Observation, other: Observation): number =>
      Number(one.startTimeUnixNano - other.startTimeUnixNano);
    return { output: stdout + stderr, observations: spans.sort(byStart) };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await sink.close();
  }
}

/** The versions that an example asks for, which must be those that it is run with. */
export async function dependenciesOf(name: string): Promise<Record<string, string>> {
  const { dependencies } = JSON.parse(await readFile(path.join(EXAMPLES, name, 'package.json'), 'utf8'));
  return dependencies;
}

/** The versions that are installed here. */
export async function installedDependencies(): Promise<Record<string, string>> {
  const { dependencies } = JSON.parse(await readFile(path.join(import.meta.dirname, '../package.json'), 'utf8'));
  return dependencies;
}
