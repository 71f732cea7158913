import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listExitCodes } from '../src/exit-codes.js';
import type { Actions } from '../src/program/flags.js';
import { runProgram } from '../src/program.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/guide/cli.md', import.meta.url)), 'utf8');
/** Described once, for all commands. */
const COMMON = ['--url', '--token', '--json', '--help'];

async function help(...command: string[]): Promise<string> {
  let text = '';
  const output = { out: (more: string) => (text += more), err: () => undefined };
  // Help runs no command.
  await runProgram([...command, '--help'], '0', {} as Actions, output as never);
  return text;
}

const sectionOf = (command: string): string => PAGE.split(`\n## slipstream ${command}\n`)[1]?.split('\n## ')[0] ?? '';
const commandsIn = (text: string): string[] =>
  [...(text.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1]!);
const flagsIn = (text: string): string[] =>
  [...text.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1]!);

describe('the page on the command line', async () => {
  const commands = commandsIn(await help()).filter((command) => command !== 'help');

  it('has a section for every command and for no other', () => {
    const sections = [...PAGE.matchAll(/^## slipstream (\w+)$/gm)].map((match) => match[1]);
    expect(sections.sort()).toEqual([...commands].sort());
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands)('has an example and every flag of %s', async (command) => {
    const section = sectionOf(command);
    // It reads its own arguments, and has a page of its own.
    if (command === 'lab') {
      expect(section).toContain('lab.md');
      return;
    }
    const below = command === 'deadletter' ? ['list', 'replay'] : [];
    const texts = await Promise.all([help(command), ...below.map((name) => help(command, name))]);
    const flags = flagsIn(texts.join('\n')).filter((flag) => !COMMON.includes(flag));
    expect(flags.filter((flag) => !new RegExp(`${flag}(?![a-z-])`).test(section))).toEqual([]);
    expect(section).toMatch(new RegExp(`\`\`\`console\\n.*slipstream ${command}`));
  });

  it('has the table of exit codes as the help has it', async () => {
    const rows = [...PAGE.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => ({
      code: Number(code),
      meaning,
    }));
    expect(rows).toEqual(listExitCodes());
    for (const { meaning } of rows) expect(await help()).toContain(meaning);
  });
});
