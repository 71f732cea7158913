import { warn } from '../core.js';

/** What was said already: each thing is worth one line in the life of a process. */
const said = new Set<string>();

export function warnOnce(code: string, message: string): void {
  if (said.has(code)) return;
  said.add(code);
  warn(message, code);
}

export function warnOfLateUpdate(name: string): void {
  if (said.has(LATE_UPDATE)) return;
  const cut = String(name).slice(0, 100);
  warnOnce(
    LATE_UPDATE,
    `Slipstream: the OpenTelemetry span "${cut}" was changed after it had ended, which does nothing.`,
  );
}

const LATE_UPDATE = 'SLIPSTREAM_ENDED_SPAN';
