import { EXIT_CODE } from '../exit-codes.js';
import { createPaint } from './colour.js';
import { cutColumns, plainLines } from './plain-text.js';
import type { Terminal } from './terminal.js';

const ERASE_LINE = '\r\u001b[2K';
const MIN_COLUMNS = 20;

/** What the environment says of the terminal. */
export interface TerminalWishes {
  readonly isPainted: boolean;
  /** `COLUMNS`, which counts where the stream does not know its width. */
  readonly columns: number | undefined;
}

/** The terminal of this process. */
export function createProcessTerminal(wishes: TerminalWishes): Terminal {
  const { stdout, stderr } = process;
  const isScreen = stdout.isTTY === true;
  const width = isScreen ? stdout.columns : wishes.columns;
  let isShowingProgress = false;
  const erase = (): void => {
    if (!isShowingProgress) return;
    isShowingProgress = false;
    stderr.write(ERASE_LINE);
  };
  return {
    data: (text) => {
      erase();
      stdout.write(text);
    },
    talk: (text) => {
      erase();
      stderr.write(`${plainLines(text).join('\n')}\n`);
    },
    progress: (line) => {
      if (stderr.isTTY !== true) return;
      erase();
      if (line === '') return;
      isShowingProgress = true;
      stderr.write(cutColumns(plainLines(line)[0] ?? '', (stderr.columns ?? 80) - 1));
    },
    paint: createPaint(wishes.isPainted),
    columns: width === undefined ? undefined : Math.max(MIN_COLUMNS, width),
    isScreen,
  };
}

/** A reader that has had enough (`| head`) is no fault: the command ends quietly, as if it had said everything. */
export function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EOF') process.exit(0);
    process.stderr.write(`slipstream: the output cannot be written: ${error.code ?? 'unknown'}\n`);
    process.exit(EXIT_CODE.file);
  });
  // Nobody listens to talk any more: there is nothing to say that to.
  process.stderr.on('error', () => undefined);
}

/** Resolves when a slow reader has got everything. */
export async function outputTaken(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.stdout.write('', () => resolve());
  });
}
