import type { Command, Option } from 'commander';

/** A word that may come next. */
export interface Word {
  readonly text: string;
  readonly description: string;
}

/** A flag that wants a value. */
export interface ValueFlag {
  readonly names: readonly string[];
  /** Empty where the value may be anything. */
  readonly choices: readonly string[];
}

/** One command, as a completion needs to know it. */
export interface OutlineNode {
  /** The words that lead here, `deadletter replay`; `''` for the program itself. */
  readonly path: string;
  readonly subcommands: readonly Word[];
  readonly flags: readonly Word[];
  readonly valueFlags: readonly ValueFlag[];
  /** What its arguments may be, where that is a list. */
  readonly argumentChoices: readonly string[];
}

/** The program and every command in it, the program first. */
export function outlineOf(program: Command): OutlineNode[] {
  return walk(program, '');
}

function walk(command: Command, path: string): OutlineNode[] {
  const help = command.createHelp();
  const options = help.visibleOptions(command);
  const { commands } = command;
  const node: OutlineNode = {
    path,
    subcommands: commands.map((child) => ({ text: child.name(), description: child.description() })),
    flags: options.flatMap((option) => namesOf(option).map((text) => ({ text, description: option.description }))),
    valueFlags: options
      .filter((option) => option.required || option.optional)
      .map((option) => ({ names: namesOf(option), choices: option.argChoices ?? [] })),
    argumentChoices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  };
  return [node, ...commands.flatMap((child) => walk(child, `${path} ${child.name()}`.trim()))];
}

/** The long name; the short one as well where there is no long one. */
function namesOf(option: Option): string[] {
  const name = option.long ?? option.short;
  return name === undefined || name === null ? [] : [name];
}
