import { environmentSchema } from '@slipstream/query-api';
import { askCollector, type CollectorAddress } from '../collector/request.js';
import { collectorAddress, TOKEN_VARIABLE, URL_VARIABLE } from '../config.js';
import { EXIT_CODE } from '../exit-codes.js';
import type { EnvFlags } from '../program/flags.js';
import type { EffectiveSettings } from '../settings/effective.js';
import { isSecret, MASKED, maskAddresses, maskValue } from '../settings/mask.js';
import { plainJson, plainText } from '../terminal/plain-text.js';
import { type Column, formatTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

const VALUE_COLUMNS = 200;

const COLUMNS: readonly Column[] = [
  { title: 'setting', align: 'left', minColumns: 24 },
  { title: 'value', align: 'left', minColumns: 10 },
  { title: 'from', align: 'left', dropOrder: 1 },
];

interface Setting {
  readonly name: string;
  readonly value: string | null;
  readonly source: string;
  readonly secret: boolean;
}

/**
 * Prints the settings of the collector. It masks what is secret; what looks secret all the same is masked here.
 *
 * @returns the exit code
 */
export async function showCollectorEnv(
  address: CollectorAddress,
  flags: EnvFlags,
  terminal: Terminal,
): Promise<number> {
  const { settings } = await askCollector(address, { path: '/api/v1/env' }, environmentSchema);
  const masked = settings.map((setting) => ({
    ...setting,
    value: setting.value === null ? null : setting.secret ? MASKED : maskAddresses(setting.value),
  }));
  return show(masked, flags.json, terminal);
}

/**
 * Prints what this command uses, and where it has it from.
 *
 * @returns the exit code
 * @throws CliError `usage` where the address is none
 */
export function showLocalEnv(settings: EffectiveSettings, flags: EnvFlags, terminal: Terminal): number {
  const { environment, sources } = settings;
  const { url, token } = collectorAddress(flags, environment);
  const sourceOf = (name: string, flag: string | undefined): string =>
    flag === undefined ? (environment[name] ? (sources[name] ?? 'environment') : 'default') : 'flag';
  const others = Object.keys(sources)
    .filter((name) => name !== URL_VARIABLE && name !== TOKEN_VARIABLE)
    .sort()
    .map((name) => toSetting(name, environment[name] ?? '', sources[name] ?? ''));
  const own: Setting[] = [
    { name: URL_VARIABLE, value: maskAddresses(url), source: sourceOf(URL_VARIABLE, flags.url), secret: false },
    {
      name: TOKEN_VARIABLE,
      value: token === undefined ? null : MASKED,
      source: sourceOf(TOKEN_VARIABLE, flags.token),
      secret: true,
    },
  ];
  return show([...own, ...others], flags.json, terminal);
}

function toSetting(name: string, value: string, source: string): Setting {
  return { name, value: maskValue(name, value), source, secret: isSecret(name, value) };
}

function show(settings: readonly Setting[], isJson: boolean, { data, paint, columns }: Terminal): number {
  if (isJson) data(`${plainJson({ settings }, 2)}\n`);
  else {
    const rows = settings.map(({ name, value, source }) =>
      [name, value ?? '-', source].map((text) => plainText(text, VALUE_COLUMNS)),
    );
    const [titles = '', ...lines] = formatTable(COLUMNS, rows, columns);
    data(`${[paint('dim', titles), ...lines].join('\n')}\n`);
  }
  return EXIT_CODE.ok;
}
