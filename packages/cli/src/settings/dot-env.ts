import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from '../config.js';
import { codeOf, fileFault } from '../errors.js';

/** Everything else in such a file belongs to the application. */
export const OUR_VARIABLES = /^(SLIPSTREAM|LANGFUSE|OTEL)_[A-Z0-9_]+$/;

/**
 * Reads the variables of tracing from the `.env` file of a folder.
 *
 * @throws CliError `file` where there is one that cannot be read
 */
export async function readDotEnv(folder: string): Promise<Environment> {
  const file = path.join(folder, '.env');
  try {
    const variables = parseEnv(await readFile(file, 'utf8'));
    return Object.fromEntries(Object.entries(variables).filter(([name]) => OUR_VARIABLES.test(name)));
  } catch (error) {
    // Some call the folder of a Python environment `.env`.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EISDIR') return {};
    throw fileFault(file, error);
  }
}
