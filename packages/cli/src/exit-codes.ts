/** How the command ends. One table: the help prints it, and scripts may rely on it. */
export const EXIT_CODE = {
  ok: 0,
  unbalanced: 1,
  usage: 2,
  unreachable: 3,
  portTaken: 4,
  dataDirectory: 5,
  missing: 6,
  incomplete: 7,
  rejected: 8,
  file: 9,
  internal: 70,
  cannotRun: 126,
  notFound: 127,
} as const;

export type ExitCodeName = keyof typeof EXIT_CODE;

const MEANING: Readonly<Record<ExitCodeName, string>> = {
  ok: 'done; status: the books balance',
  unbalanced: 'status: the books do not balance; lab: it failed',
  usage: 'wrong arguments or wrong configuration',
  unreachable: 'no collector answers at the address, or it answers what this version does not understand',
  portTaken: 'the port belongs to another process',
  dataDirectory: 'the data directory cannot be used',
  missing: 'there is no such trace, observation or destination, or its short id fits several',
  incomplete: 'import: lines were refused; deadletter replay: entries could not be delivered',
  rejected: 'the collector refuses what was asked, or fails at it: a faulty statement, a limit, a full queue',
  file: 'a file cannot be read or written',
  internal: 'an error that nobody foresaw',
  cannotRun: 'dev: the command was found and could not be started',
  notFound: 'dev: there is no such command',
};

/** Each row of the table: the number and what it means. */
export function listExitCodes(): { readonly code: number; readonly meaning: string }[] {
  const names = Object.keys(EXIT_CODE) as ExitCodeName[];
  return names.map((name) => ({ code: EXIT_CODE[name], meaning: MEANING[name] }));
}

/** The table as help shows it. */
export function describeExitCodes(): string {
  const rows = listExitCodes().map(({ code, meaning }) => `  ${String(code).padEnd(6)} ${meaning}`);
  return [
    'Exit codes:',
    ...rows,
    '  128+n  ended by signal n; dev ends otherwise as its command does, and tail with 0',
  ].join('\n');
}
