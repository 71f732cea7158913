import { existsSync } from 'node:fs';
import path from 'node:path';

/** How to start a command without a shell of our own. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  /** Windows only: `args` are one ready command line, to be passed as it is. */
  readonly verbatim: boolean;
}

/** What {@link resolveCommand} needs to know of the machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists: (file: string) => boolean;
}

/** The machine that this runs on. */
export function thisMachine(env: Machine['env']): Machine {
  return { platform: process.platform, env, exists: existsSync };
}

/**
 * On Windows, `npm`, `npx` and what npm installs are `.cmd` files, which only `cmd.exe` can start. Those, and only
 * those, go through it, with every argument quoted so that none is read as a command. Elsewhere nothing changes.
 */
export function resolveCommand(command: string, args: readonly string[], machine: Machine): CommandLine {
  if (machine.platform !== 'win32') return { file: command, args, verbatim: false };
  const found = findOnWindows(command, machine) ?? command;
  if (!/\.(cmd|bat)$/i.test(found)) return { file: found, args, verbatim: false };
  // A batch file hands its arguments on to another command line, which reads them once more.
  const line = [escapeMeta(found), ...args.map((argument) => escapeMeta(escapeMeta(quote(argument))))].join(' ');
  return { file: machine.env.comspec ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

function findOnWindows(command: string, machine: Machine): string | undefined {
  const variable = (name: string): string | undefined => {
    const key = Object.keys(machine.env).find((candidate) => candidate.toUpperCase() === name);
    return key === undefined ? undefined : machine.env[key];
  };
  const endings = path.win32.extname(command) === '' ? (variable('PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';') : [''];
  const hasFolder = /[\\/]/.test(command);
  const folders = hasFolder ? [''] : (variable('PATH') ?? '').split(';').filter((folder) => folder !== '');
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = path.win32.join(folder, command + ending);
      if (machine.exists(candidate)) return candidate;
    }
  }
  return undefined;
}

/** The rules of the C runtime: quotes are escaped, and so are the backslashes before a quote. */
function quote(argument: string): string {
  const escaped = argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1');
  return `"${escaped}"`;
}

function escapeMeta(text: string): string {
  return text.replace(/([()\][%!^"`<>&|;, *?])/g, '^$1');
}
