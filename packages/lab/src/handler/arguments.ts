import { parseArgs } from 'node:util';
import { LabArgumentError } from '../errors.js';

/** What `lab run` does. */
export interface HandlerOptions {
  readonly file: string;
  /** Traces by other means than Slipstream. */
  readonly withFile?: string;
  /** The handler makes its own spans. */
  readonly ownTracing: boolean;
  readonly rounds: number;
  /** Without it, as many as take about two seconds. */
  readonly calls?: number;
  readonly seed: number;
  readonly json: boolean;
}

const DEFAULT_ROUNDS = 10;
const DEFAULT_SEED = 20_260_101;
/** Latencies are kept, one number a call. */
const MOST_CALLS = 1_000_000;

/** What `run --help` prints. */
export const HANDLER_USAGE = `What tracing costs a function of your own: the same calls untraced, untraced again (the noise) and traced.

  npm run lab -- run FILE [options]

FILE exports a function as "handler" or as its default, and may export
  input      what it is called with: a value, or a function that gets the number of the call
  setUp      called once before the first call; may be async
  tearDown   called once after the last
TypeScript is read with esbuild where that is installed, else by a Node that strips types itself.

Each sample is a fresh process; the spans go to a sink of the lab, which counts them. Traced: Slipstream, one trace
round each call. Untraced: the same process with SLIPSTREAM_ENABLED=false.

  --with MODULE      trace by other means: MODULE is loaded before the handler where that is traced, with the addresses
                     of Slipstream, Langfuse and OpenTelemetry in the environment set to the sink. It may export
                     wrap(handler), flush() and shutdown(); without flush only what arrives by itself is counted
  --own-tracing      the file traces itself (configure() without a url, observe(), …): nothing is put round its calls
  --rounds N         rounds of three samples (default ${DEFAULT_ROUNDS})
  --calls N          timed calls a sample (default: about two seconds of them)
  --seed N           seed of order and resampling
  --json             print the result as JSON
  --help             this text
`;

/**
 * Reads the arguments that follow `run`.
 *
 * @returns `help` when that was asked for
 * @throws LabArgumentError for unknown options, a missing file and numbers that are none
 */
export function parseHandlerArguments(args: readonly string[]): HandlerOptions | 'help' {
  const { values, positionals } = readArguments(args);
  if (values.help === true) return 'help';
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new LabArgumentError('run takes one file; see run --help.');
  if (values.with !== undefined && values['own-tracing'] === true) {
    throw new LabArgumentError(
      '--with and --own-tracing exclude each other: either the module traces or the file does.',
    );
  }
  return {
    file,
    ...(values.with === undefined ? {} : { withFile: values.with }),
    ownTracing: values['own-tracing'] === true,
    rounds: parseCount('--rounds', values.rounds) ?? DEFAULT_ROUNDS,
    ...(values.calls === undefined ? {} : { calls: parseCount('--calls', values.calls) ?? 1 }),
    seed: parseCount('--seed', values.seed) ?? DEFAULT_SEED,
    json: values.json === true,
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        with: { type: 'string' },
        'own-tracing': { type: 'boolean' },
        rounds: { type: 'string' },
        calls: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new LabArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function parseCount(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  const most = flag === '--calls' ? MOST_CALLS : Number.MAX_SAFE_INTEGER;
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new LabArgumentError(`${flag} takes a whole number from 1 to ${most}, not "${text}".`);
}
