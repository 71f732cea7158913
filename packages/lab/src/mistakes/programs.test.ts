import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanEnvironment } from '../config.js';
import { type Sink, startSink } from '../sink/server.js';
import { MISTAKE_LIBRARIES, type MistakeCase, type MistakeLibrary } from './mistake.js';
import { MISTAKES } from './mistakes.js';
import { programPath } from './scenarios.js';

const DIRECTORY = fileURLToPath(new URL('../../../../examples/mistakes/', import.meta.url));
/** As many as a program answers by itself. */
const REQUESTS = 12;
const CASES: readonly MistakeCase[] = MISTAKES.flatMap((mistake) =>
  mistake.versions.map((version) => ({ mistake, version })),
);
const RUNNERS: readonly (MistakeLibrary | undefined)[] = [undefined, ...MISTAKE_LIBRARIES];

function fileOf(path: string): string {
  return `${DIRECTORY}${path}`;
}

/** Runs a program by itself; it sends to the sink whichever library it is of. */
async function run(path: string, sink: Sink): Promise<string> {
  const env = { ...cleanEnvironment(process.env), SLIPSTREAM_URL: sink.url, LANGFUSE_BASE_URL: sink.url };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [fileOf(path)], { env, timeout: 50_000 });
  expect(stderr, path).toBe('');
  return stdout;
}

test('each mistake has a README, the work alone, and a program of each library for each version', () => {
  for (const found of CASES) {
    for (const library of RUNNERS) {
      expect(existsSync(fileOf(programPath(found, library))), programPath(found, library)).toBe(true);
    }
    const readme = readFileSync(fileOf(`${found.mistake.folder}/README.md`), 'utf8');
    expect(readme.startsWith(`# ${found.mistake.number} `)).toBe(true);
    for (const part of ['Why it costs', 'The cure', 'In Slipstream']) {
      expect(readme, `${found.mistake.folder}: ${part}`).toContain(`**${part}`);
    }
  }
});

test('what the programs are built on is pinned like the peers, by integrity and without the address of a registry', () => {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const { dependencies } = read(fileOf('package.json')) as { dependencies: Record<string, string> };
  const lock = read(fileOf('package-lock.json')) as {
    packages: Record<string, { version?: string; integrity?: string; resolved?: string }>;
  };
  const peers = read(fileURLToPath(new URL('../../peers/package.json', import.meta.url))) as typeof lock & {
    dependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(dependencies)) {
    expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
    // The report names the versions of the peers' folder.
    expect([version, undefined], name).toContain(peers.dependencies[name]);
  }
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(locked.filter(([, { integrity, resolved }]) => integrity === undefined || resolved !== undefined)).toEqual([]);
});

/** The work alone is the same for every version. */
function casesOf(library: MistakeLibrary | undefined): readonly MistakeCase[] {
  return CASES.filter(({ version }) => library !== undefined || version.metric === undefined);
}

describe.each(RUNNERS)('programs of %s', (library) => {
  const cases = casesOf(library);
  const isThere = library !== 'langfuse' || existsSync(fileOf('node_modules/@langfuse/otel'));
  const sinks: Sink[] = [];
  beforeAll(async () => {
    sinks.push(...(await Promise.all(cases.map(() => startSink(undefined, true)))));
  });
  afterAll(() => Promise.all(sinks.map((sink) => sink.close())));

  test.skipIf(!isThere).concurrent.each(cases.map((found, index) => ({ ...found, index, name: found.version.name })))(
    '$mistake.number $name delivers the spans that it is said to make',
    async ({ mistake, version, index }) => {
      const sink = sinks[index] as Sink;
      const said = await run(programPath({ mistake, version }, library), sink);
      expect(said).toMatch(/set up in .* ms\nfirst request .* ms/);
      const { distinctSpans, malformed, bodyBytes, labels = 0 } = sink.counts();
      expect(malformed).toBe(0);
      if (library === undefined) return expect(distinctSpans).toBe(0);

      const counts = version.counts[library];
      if (counts.certainSpansPerRequest === counts.spansPerRequest) {
        expect(distinctSpans).toBe(counts.spansPerRequest * REQUESTS);
      } else expect(distinctSpans).toBeGreaterThanOrEqual(counts.certainSpansPerRequest * REQUESTS);
      // Framing, names and times are a few hundred bytes a span; escaped quotes a tenth of the text.
      const captured = counts.capturedCharactersPerRequest * REQUESTS;
      expect(bodyBytes).toBeGreaterThan(0.85 * captured);
      expect(bodyBytes).toBeLessThan(1.3 * captured + 1_200 * distinctSpans);
      if (mistake.countsLabels === true) expect(labels).toBe(counts.labels);
    },
  );
});
