import { performance } from 'node:perf_hooks';
import { formatBytes, formatCount } from './table.js';
import type { Terminal } from './terminal.js';

/** Work that takes less needs no bar. */
const SHOW_AFTER_MS = 1000;
const REDRAW_MS = 100;
const BAR_COLUMNS = 24;

/** How far some work is. */
export interface Progress {
  update(done: { readonly bytes?: number; readonly rows?: number }): void;
  /** Removes the bar. */
  end(): void;
}

/**
 * A bar on stderr, at a terminal only.
 *
 * @param total in bytes, or in rows where the work has no bytes; `undefined` where nobody knows
 */
export function startProgress(terminal: Terminal, verb: string, total?: number): Progress {
  const startMs = performance.now();
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    update({ bytes, rows }) {
      const nowMs = performance.now();
      if (nowMs - startMs < SHOW_AFTER_MS || nowMs - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs;
      const parts = [
        verb,
        total === undefined ? '' : drawBar((bytes ?? rows ?? 0) / Math.max(total, 1)),
        bytes === undefined ? '' : `${formatBytes(bytes)}, ${formatBytes((bytes * 1000) / (nowMs - startMs))}/s`,
        rows === undefined ? '' : `${formatCount(rows)} rows`,
      ];
      terminal.progress(parts.filter((part) => part !== '').join('  '));
    },
    end: () => terminal.progress(''),
  };
}

function drawBar(share: number): string {
  const known = Math.min(1, Math.max(0, share));
  const filled = Math.round(known * BAR_COLUMNS);
  const percent = String(Math.floor(known * 100)).padStart(3);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_COLUMNS - filled)} ${percent}%`;
}
