import { spawnSync } from 'node:child_process';
import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMPLETION_SHELLS, completionScript } from './scripts.js';

const isBashHere = spawnSync('bash', ['-c', 'type complete'], { encoding: 'utf8' }).status === 0;

function makeProgram(): Command {
  const program = new Command('tool').helpOption('-h, --help').helpCommand(false);
  program.command('up').description("run it: don't stop").option('--port <n>', 'a port').option('--json', 'as JSON');
  const letters = program.command('letters').description('letters').helpCommand(false);
  letters.command('replay').description('again').argument('<name>');
  letters.addOption(new Option('--format <f>', 'form').choices(['jsonl', 'parquet']));
  return program;
}

/** What bash offers for a line that is typed so far. */
function complete(script: string, ...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const lines = `${script}
COMP_WORDS=(tool ${quoted}); COMP_CWORD=${words.length}; COMPREPLY=()
_tool_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--noprofile', '--norc'], { input: lines, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(!isBashHere)('completion in bash', () => {
  const script = completionScript(makeProgram(), 'bash');

  it.each<[words: string[], offered: string[]]>([
    [[''], ['up', 'letters', '--help']],
    [['u'], ['up']],
    [
      ['up', '--'],
      ['--port', '--json', '--help'],
    ],
    [['up', '--j'], ['--json']],
    [['up', '--port', ''], []],
    [['up', '--port', '1', '--j'], ['--json']],
    [
      ['letters', ''],
      ['replay', '--format', '--help'],
    ],
    [
      ['letters', '--format', ''],
      ['jsonl', 'parquet'],
    ],
    [['letters', '--format', 'p'], ['parquet']],
    [['letters', 'replay', 'up', '--'], ['--help']],
    [['up', '--', ''], []],
  ])('offers after %j: %j', (words, offered) => expect(complete(script, ...words)).toEqual(offered));

  it('knows a command as soon as the program has it', () => {
    const program = makeProgram();
    program.command('new-one').option('--flag');
    const grown = completionScript(program, 'bash');
    expect(complete(grown, 'n')).toEqual(['new-one']);
    expect(complete(grown, 'new-one', '--f')).toEqual(['--flag']);
  });
});

describe('completion in other shells', () => {
  it.each(COMPLETION_SHELLS)('has every command and flag in the script for %s', (shell) => {
    const script = completionScript(makeProgram(), shell);
    for (const word of ['up', 'letters', 'replay', 'port', 'json', 'format', 'jsonl', 'parquet']) {
      expect(script).toContain(word);
    }
  });

  it('quotes descriptions as each shell wants it', () => {
    expect(completionScript(makeProgram(), 'zsh')).toContain(`'up:run it\\: don'\\''t stop'`);
    expect(completionScript(makeProgram(), 'fish')).toContain(`-a 'up' -d 'run it: don\\'t stop'`);
    expect(completionScript(makeProgram(), 'powershell')).toContain(`word = 'up'; tip = 'run it: don''t stop'`);
  });
});
