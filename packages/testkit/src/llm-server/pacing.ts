import { setTimeout as sleep } from 'node:timers/promises';
import type { LlmServerSettings } from './options.js';

/** When the parts of one answer fall due, in milliseconds after its request. */
export interface Pacing {
  readonly firstTokenMs: number;
  readonly perTokenMs: number;
  readonly tokensPerChunk: number;
}

export function planPacing(settings: LlmServerSettings, promptTokens: number, isSlow: boolean): Pacing {
  const { timeScale } = settings;
  const firstTokenMs =
    settings.firstTokenDelayMs +
    (settings.prefillDelayMsPerThousand * promptTokens) / 1000 +
    (isSlow ? settings.slowDelayMs : 0);
  const perTokenMs = settings.perTokenDelayMs * timeScale;
  return {
    firstTokenMs: firstTokenMs * timeScale,
    perTokenMs,
    tokensPerChunk: perTokenMs === 0 ? 1 : Math.max(1, Math.round(settings.chunkIntervalMs / perTokenMs)),
  };
}

/**
 * Waits until `offsetMs` after `startMs` (of `performance.now()`): against the intended time, so that late timers
 * do not add up.
 * @returns false when the signal ended the wait.
 */
export async function waitUntil(startMs: number, offsetMs: number, signal: AbortSignal): Promise<boolean> {
  const remainingMs = startMs + offsetMs - performance.now();
  if (remainingMs <= 0) return !signal.aborted;
  try {
    await sleep(remainingMs, undefined, { signal });
    return true;
  } catch {
    // The only way a timer rejects is its signal: the client has gone.
    return false;
  }
}

/** Resolves when the signal fires. */
export function waitForAbort(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
