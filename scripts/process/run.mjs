import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Enough for the output of any failed step; a step that says more keeps its end, where the failure is. */
const OUTPUT_LIMIT_CHARS = 4 * 1024 * 1024;

/** How long to wait for the rest of the output of a program that has ended. */
const LAST_WORDS_MS = 5000;

/**
 * Runs a program without a shell and waits for its end.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, capture?: boolean, shell?: boolean, timeoutMs?: number }} options
 *   `capture` collects stdout and stderr, in the order in which they came; otherwise both go to the terminal.
 * @returns {Promise<{ code: number, output: string }>} `code` is 128 + 15 where a signal or the time-out
 *   ended it
 */
export function run(file, args, options) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      stdio: options.capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      windowsHide: true,
    });
    let output = '';
    const collect = (text) => {
      output = (output + text).slice(-OUTPUT_LIMIT_CHARS);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', collect);
    child.on('error', (error) => resolve({ code: 127, output: `${output}${file}: ${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 143, output }));
    // Something that it started may hold its output open after it was killed: then `close` never comes.
    child.on('exit', (code) => setTimeout(() => resolve({ code: code ?? 143, output }), LAST_WORDS_MS).unref());
  });
}

/** Runs a script with this Node. Arguments as in {@link run}. */
export function runNode(script, args, options) {
  return run(process.execPath, [script, ...args], options);
}

/**
 * Runs the command of an installed package through its own script, because the entries of `node_modules/.bin` are
 * shell scripts on Windows.
 *
 * @param {string} root folder that holds node_modules
 * @param {string} packageName
 * @param {string} command a name in the package's `bin`
 */
export function runTool(root, [packageName, command], args, options) {
  const folder = path.join(root, 'node_modules', ...packageName.split('/'));
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const script = typeof bin === 'string' ? bin : bin[command];
  return runNode(path.join(folder, script), args, options);
}

/** Runs npm: the one that started us, else the one that came with this Node, else the one on PATH. */
export function runNpm(args, options) {
  const script = npmScript();
  if (script !== undefined) return runNode(script, args, options);
  // Only here: npm on Windows is a .cmd file, which does not start without a shell. No argument is foreign text.
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}

function npmScript() {
  const binFolder = path.dirname(process.execPath);
  const candidates = [
    path.basename(process.env.npm_execpath ?? '') === 'npm-cli.js' ? process.env.npm_execpath : undefined,
    path.join(binFolder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(binFolder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(binFolder, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'), // Debian's own package
  ];
  return candidates.find((candidate) => candidate !== undefined && existsSync(candidate));
}
