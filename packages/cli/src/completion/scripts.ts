import type { Command } from 'commander';
import { bashScript, zshScript } from './bourne.js';
import { fishScript } from './fish.js';
import { outlineOf } from './outline.js';
import { powershellScript } from './powershell.js';

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

const WRITERS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

/** A script that completes the commands and flags that a program has at this moment. */
export function completionScript(program: Command, shell: CompletionShell): string {
  return WRITERS[shell](program.name(), outlineOf(program));
}
