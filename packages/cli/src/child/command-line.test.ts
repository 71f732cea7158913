import { describe, expect, it } from 'vitest';
import { type Machine, resolveCommand } from './command-line.js';

const WINDOWS: Machine = {
  platform: 'win32',
  env: { Path: 'C:\\bin;C:\\Program Files\\nodejs', PATHEXT: '.EXE;.CMD', comspec: 'C:\\cmd.exe' },
  exists: (file) => ['C:\\Program Files\\nodejs\\npm.CMD', 'C:\\bin\\node.EXE'].includes(file),
};

describe('resolveCommand', () => {
  it('leaves a command as it is where there are no batch files', () => {
    const machine: Machine = { platform: 'linux', env: {}, exists: () => true };
    expect(resolveCommand('npm', ['run', 'a b'], machine)).toEqual({
      file: 'npm',
      args: ['run', 'a b'],
      verbatim: false,
    });
  });

  it('starts a Windows program directly, found on the path by its ending', () => {
    expect(resolveCommand('node', ['a b.js'], WINDOWS)).toEqual({
      file: 'C:\\bin\\node.EXE',
      args: ['a b.js'],
      verbatim: false,
    });
  });

  it('starts a batch file by cmd.exe, with spaces in its folder escaped', () => {
    const { file, args, verbatim } = resolveCommand('npm', ['start'], WINDOWS);
    expect({ file, verbatim }).toEqual({ file: 'C:\\cmd.exe', verbatim: true });
    expect(args).toEqual(['/d', '/s', '/c', '"C:\\Program^ Files\\nodejs\\npm.CMD ^^^"start^^^""']);
  });

  it('lets no argument of a batch file become a command', () => {
    const line = resolveCommand('npm', ['a" & calc & "%PATH%'], WINDOWS).args[3] ?? '';
    // Without its escaped characters, nothing is left that cmd.exe would act on.
    expect(line.slice(1, -1).replace(/\^./g, '')).not.toMatch(/[&|<>%"]/);
  });

  it('hands a command that is not there on as it is, so that the start says so', () => {
    expect(resolveCommand('nothing', [], WINDOWS)).toEqual({ file: 'nothing', args: [], verbatim: false });
  });
});
