/** How the command ends. One table: the help prints it, and scripts may rely on it. */
export const EXIT_CODE = {
  ok: 0,
  unbalanced: 1,
  usage: 2,
  unreachable: 3,
  portTaken: 4,
  dataDirectory: 5,
  internal: 70,
  cannotRun: 126,
  notFound: 127,
} as const;

export type ExitCodeName = keyof typeof EXIT_CODE;

const MEANING: Readonly<Record<ExitCodeName, string>> = {
  ok: 'done; status: the books balance',
  unbalanced: 'status: the books do not balance',
  usage: 'wrong arguments or wrong configuration',
  unreachable: 'no collector answers at the address, or it answers what this version does not understand',
  portTaken: 'the port belongs to another process',
  dataDirectory: 'the data directory cannot be used',
  internal: 'an error that nobody foresaw',
  cannotRun: 'dev: the command was found and could not be started',
  notFound: 'dev: there is no such command',
};

/** The table as help shows it. */
export function describeExitCodes(): string {
  const names = Object.keys(EXIT_CODE) as ExitCodeName[];
  const rows = names.map((name) => `  ${String(EXIT_CODE[name]).padEnd(6)} ${MEANING[name]}`);
  return ['Exit codes:', ...rows, '  128+n  ended by signal n; dev ends otherwise as its command does'].join('\n');
}
