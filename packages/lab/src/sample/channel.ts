import type { SampleCommand, SampleMessage } from './protocol.js';

/** The sample process's line to the runner. */
export interface RunnerChannel {
  send(message: SampleMessage): void;
  /** Resolves when the runner has said so; commands that came early are kept. */
  receive(type: SampleCommand['type']): Promise<void>;
  /** Lets the process end by itself. */
  close(): void;
}

/** Opens the line. It keeps the process alive until it is closed. */
export function openRunnerChannel(): RunnerChannel {
  const early = new Set<SampleCommand['type']>();
  const waiting = new Map<SampleCommand['type'], () => void>();
  process.on('message', (command: SampleCommand) => {
    const resolve = waiting.get(command.type);
    if (resolve === undefined) early.add(command.type);
    else resolve();
  });
  // Without its runner a sample has nothing left to do, and a peer's timers could keep it for ever.
  process.on('disconnect', () => process.exit(0));
  return {
    send: (message) => void process.send?.(message),
    receive: (type) => (early.delete(type) ? Promise.resolve() : new Promise((resolve) => waiting.set(type, resolve))),
    close() {
      process.removeAllListeners('disconnect');
      process.disconnect();
    },
  };
}
