import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Longer than a drain takes; after that, waiting on would only hide that something hangs. */
const STOP_TIMEOUT_MS = 25_000;

/**
 * @typedef {object} Supervised A program that ends when we ask it to, and when we are gone.
 * @property {Promise<string>} ready the address that it reports when it is ready; never settles where it reports none
 * @property {Promise<number>} ended its exit code, 128 + 9 where it had to be killed
 * @property {() => Promise<number>} stop asks it to end, waits, and kills it where it does not
 * @property {() => void} kill ends it and everything that it started, now
 */

/**
 * Starts a script of ours in a process group of its own: Ctrl-C at the terminal reaches only us, and we decide the
 * order in which things end. We talk over a message channel, because Windows has no signals: it says
 * `{ type: 'ready', url }`, we say `{ type: 'stop' }`, and a channel that breaks (we were killed) means stop as well.
 *
 * @param {string} script
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, onLine: (line: string) => void }} options `onLine` hears stdout;
 *   stderr goes to ours
 * @returns {Supervised}
 */
export function supervise(script, args, options) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true,
    windowsHide: true,
  });
  createInterface({ input: child.stdout }).on('line', options.onLine);
  const ready = new Promise((resolve) => {
    child.on('message', (message) => {
      if (message?.type === 'ready') resolve(String(message.url));
    });
  });
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 137));
  });
  const kill = () => killTree(child.pid);
  return { ready, ended, kill, stop: () => stop(child, ended, kill) };
}

async function stop(child, ended, kill) {
  if (child.connected) child.send({ type: 'stop' }, () => undefined); // It may have ended just now; `ended` tells.
  const timer = setTimeout(kill, STOP_TIMEOUT_MS);
  const code = await ended;
  clearTimeout(timer);
  return code;
}

/** The program and all that it started: each supervised one leads a group of its own. */
function killTree(pid) {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // ESRCH: it has ended by itself, with all of its group.
  }
}
