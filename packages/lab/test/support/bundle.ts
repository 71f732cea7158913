import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));

/** The lab's processes as files that Node runs: each `NAME/main.ts` becomes `NAME/main.mjs`. */
export async function bundleProcesses(names: readonly string[], outdir: string): Promise<void> {
  await build({
    entryPoints: names.map((name) => ({ in: join(SOURCE, name, 'main.ts'), out: `${name}/main` })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['@slipstream/sdk', 'esbuild'],
  });
}
