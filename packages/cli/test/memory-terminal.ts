import { createPaint } from '../src/terminal/colour.js';
import { plainLines } from '../src/terminal/plain-text.js';
import type { Terminal } from '../src/terminal/terminal.js';

/** A terminal that keeps what is written. It shows no colours, so that every control character in it is a stranger. */
export function makeTerminal(
  traits: { readonly columns?: number | undefined; readonly isScreen?: boolean; readonly isPainted?: boolean } = {},
): { readonly terminal: Terminal; readonly text: { out: string; err: string } } {
  const text = { out: '', err: '' };
  const terminal: Terminal = {
    data: (more) => {
      text.out += more;
    },
    talk: (line) => {
      text.err += `${plainLines(line).join('\n')}\n`;
    },
    progress: () => undefined,
    paint: createPaint(traits.isPainted ?? false),
    columns: traits.columns,
    isScreen: traits.isScreen ?? false,
  };
  return { terminal, text };
}
