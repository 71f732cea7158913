import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CollectorProcess {
  readonly url: string;
  readonly pid: number;
  /** Sends the signal and waits for the end; gives the exit code, `null` where the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface EndedProcess {
  readonly exitCode: number | null;
  readonly stderr: string;
}

const READY = /^Slipstream collector is ready: (http:\/\/\S+)$/m;

function spawnCollector(mainPath: string, environment: Record<string, string>) {
  const child = spawn(process.execPath, [mainPath], {
    env: { ...process.env, SLIPSTREAM_COLLECTOR_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  return { child, output };
}

/** Starts a collector in a process of its own and waits until it says that it is ready. */
export async function startProcess(mainPath: string, environment: Record<string, string>): Promise<CollectorProcess> {
  const { child, output } = spawnCollector(mainPath, environment);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const ready = READY.exec(output.stdout);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    child.once('exit', () => reject(new TypeError(`the collector ended before it was ready: ${output.stderr}`)));
  });
  return { url, pid: child.pid ?? 0, end: (signal) => endProcess(child, signal) };
}

/** Runs a collector that is expected to end by itself. */
export async function runToEnd(mainPath: string, environment: Record<string, string>): Promise<EndedProcess> {
  const { child, output } = spawnCollector(mainPath, environment);
  await once(child, 'close');
  return { exitCode: child.exitCode, stderr: output.stderr };
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}
