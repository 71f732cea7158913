/**
 * Measures every stage in turns, in many short rounds, and prints the figures as JSON. The least of a stage's rounds is
 * what it costs when nothing else wants the core: on a busy machine the median tells of the neighbours.
 */
import { copyStages } from './copy.js';
import { handOffStages } from './hand-off.js';
import { ladder } from './ladder.js';
import { spanStages } from './span.js';
import type { Stage } from './stage.js';

const ROUNDS = 101;
const ROUND_MS = 1.5;

async function calibrate(stage: Stage): Promise<number> {
  let count = 64;
  for (;;) {
    const begun = performance.now();
    await stage.run(count);
    const tookMs = performance.now() - begun;
    if (tookMs >= ROUND_MS) return count;
    count = Math.ceil(count * Math.min(8, Math.max(1.5, (ROUND_MS * 1.2) / Math.max(tookMs, 0.01))));
  }
}

async function measure(stages: readonly Stage[]): Promise<{ name: string; medianNs: number; minNs: number }[]> {
  const counts: number[] = [];
  for (const stage of stages) counts.push(await calibrate(stage));
  const samples: number[][] = stages.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, stage] of stages.entries()) {
      const count = counts[index] ?? 1;
      const begun = performance.now();
      await stage.run(count);
      samples[index]?.push(((performance.now() - begun) * 1e6) / (count * (stage.partsPerRun ?? 1)));
    }
  }
  return stages.map(({ name }, index) => {
    const sorted = (samples[index] ?? []).sort((a, b) => a - b);
    return { name, medianNs: sorted[sorted.length >> 1] ?? Number.NaN, minNs: sorted[0] ?? Number.NaN };
  });
}

const only = process.argv[2] ?? '';
const stages = [...spanStages(), ...handOffStages(), ...copyStages(), ...ladder()].filter(({ name }) =>
  name.includes(only),
);
process.stdout.write(JSON.stringify({ node: process.versions.node, stages: await measure(stages) }));
