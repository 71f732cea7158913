import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { COLLECTOR_VARIABLES, type Environment, URL_VARIABLE } from '../config.js';
import { reasonOf, wrongUsage } from '../errors.js';
import { OUR_VARIABLES } from './dot-env.js';

/** The first that is there counts. */
const NAMES = ['slipstream.config.ts', 'slipstream.config.mjs', 'slipstream.config.json'] as const;

const VARIABLE_OF_SETTING: Readonly<Record<string, string>> = { url: URL_VARIABLE, ...COLLECTOR_VARIABLES };

const port = z.number().int().min(0).max(65_535);

/** The settings of the flags by their names, and every other variable in `env`. */
const configSchema = z.strictObject({
  url: z.string().optional(),
  token: z.string().optional(),
  port: port.optional(),
  host: z.string().optional(),
  dataDir: z.string().optional(),
  queue: z.string().optional(),
  store: z.string().optional(),
  grpcPort: z.union([port, z.literal('off')]).optional(),
  env: z
    .record(
      z.string().regex(OUR_VARIABLES, 'must begin with SLIPSTREAM_, LANGFUSE_ or OTEL_'),
      z.union([z.string(), z.number(), z.boolean()]),
    )
    .optional(),
});

/** A configuration file, as the variables that it stands for. */
export interface ConfigFile {
  readonly name: string;
  readonly variables: Environment;
}

/**
 * Reads the configuration file of a folder, where it has one. A `.ts` or `.mjs` file is run.
 *
 * @throws CliError `usage` where it cannot be run or says what nobody understands
 */
export async function readConfigFile(folder: string): Promise<ConfigFile | undefined> {
  for (const name of NAMES) {
    const file = path.join(folder, name);
    if (await exists(file)) return { name, variables: toVariables(name, await load(name, file)) };
  }
  return undefined;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    // Not there, or in a folder that this user may not see: no configuration either way.
    () => false,
  );
}

async function load(name: string, file: string): Promise<unknown> {
  if (name.endsWith('.ts') && !runsTypeScript()) {
    throw wrongUsage(
      `${name} needs a Node that runs TypeScript (22.18 or newer), and this is ${process.versions.node}. ` +
        'Call it slipstream.config.mjs or slipstream.config.json instead.',
    );
  }
  try {
    if (name.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8'));
    const module: { readonly default?: unknown } = await import(pathToFileURL(file).href);
    return module.default;
  } catch (error) {
    throw wrongUsage(`${name} cannot be read: ${reasonOf(error)}`);
  }
}

function runsTypeScript(): boolean {
  const features: Readonly<Record<string, unknown>> = { ...process.features };
  return features.typescript === 'strip' || features.typescript === 'transform';
}

function toVariables(name: string, value: unknown): Environment {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  - ${issue.path.join('.') || name}: ${issue.message}`);
    throw wrongUsage(`${name} is wrong:\n${problems.join('\n')}`);
  }
  const { env = {}, ...settings } = parsed.data;
  const named = Object.entries(settings).map(([setting, text]) => [VARIABLE_OF_SETTING[setting] ?? setting, text]);
  const all = [...Object.entries(env), ...named].filter(([, text]) => text !== undefined);
  return Object.fromEntries(all.map(([variable, text]) => [variable, String(text)]));
}
