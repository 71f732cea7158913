import type { Environment } from '../config.js';
import { readConfigFile } from './config-file.js';
import { OUR_VARIABLES, readDotEnv } from './dot-env.js';

/** The environment with the files of the working directory beneath it, and where each variable of ours comes from. */
export interface EffectiveSettings {
  readonly environment: Environment;
  /** `environment`, `.env` or the name of the configuration file, by variable. */
  readonly sources: Readonly<Record<string, string>>;
}

/**
 * Puts the environment over `.env` over the configuration file of a folder.
 *
 * @throws CliError `file` or `usage` where a file is there and cannot be used
 */
export async function readEffectiveSettings(environment: Environment, folder: string): Promise<EffectiveSettings> {
  const [dotEnv, configFile] = await Promise.all([readDotEnv(folder), readConfigFile(folder)]);
  const layers = [
    { source: configFile?.name ?? '', variables: configFile?.variables ?? {} },
    { source: '.env', variables: dotEnv },
    { source: 'environment', variables: environment },
  ];
  const sources: Record<string, string> = {};
  for (const { source, variables } of layers) {
    for (const [name, value] of Object.entries(variables)) {
      if (OUR_VARIABLES.test(name) && value !== undefined) sources[name] = source;
    }
  }
  return { environment: Object.assign({}, ...layers.map(({ variables }) => variables)), sources };
}
