import { ARMS } from './arms/registry.js';
import { EVERY_SUITE, scenariosOf } from './runner/scenarios.js';

const SCENARIO_NAMES = scenariosOf('quick', EVERY_SUITE).map(({ name }) => name);

/** What `--help` prints. */
export const LAB_USAGE = `What tracing costs, measured on this machine.

  npm run lab -- [--quick | --full] [--baseline] [--ways] [--mistakes] [--faults] [--python] [options]
  npm run lab -- run FILE       what tracing costs a function of your own; \`run --help\` has its options
  npm run lab -- compare A.json B.json    two reports beside each other; \`compare --help\` has its options

  --quick             first figures, in under 10 minutes (the default)
  --full              every set of questions, or those that are named beside it, with samples and rounds for figures
                      worth quoting (about 4 hours)
  --baseline          the same questions with every peer in them, and the table of the baseline from one run
  --faults            a server whose backend is down, hangs, answers 503 or is too slow, and one with a collector
                      beside it; alone, or together with --quick or --baseline in one report
  --ways              every other way to make a span and to send it
  --mistakes          what the mistakes of examples/mistakes cost, each beside its cure
  --python            Python libraries: the notes' methods and mistakes, and the shared interpreter
  --out DIR           folder for what is written (default lab-report): report.md, lab-<date>.json, and the run itself,
                      run.json and samples.jsonl, from which --resume goes on
  --resume            go on with the run in --out where it was cut off, by its own plan; refused where the commit, the
                      machine or the options have changed
  --only a,b:ARM      only these questions, of whichever set, each with this arm (and untraced) where one is named
  --arms a,b          only these ways to trace (and untraced): ${ARMS.map((arm) => arm.name).join(', ')}
  --scenarios a,b     only these questions: ${SCENARIO_NAMES.join(', ')}
  --node 20,22,24     the same questions under other Nodes too (64-bit Linux), each as a question NAME@node22
  --against REF       also the SDK of another commit, which is built in a folder of its own and removed afterwards
  --rounds N          at most N rounds (default 5; in --full as many as fit the time)
  --python-rounds N   at most N rounds of the Python part, which take eight minutes each (default as --rounds)
  --budget-minutes N  begin no round that would probably end later; --full takes at least 3 rounds (default 240)
  --seed N            seed of order, payloads and resampling
  --json              print the result as JSON instead of the table
  --help              this text

Ctrl-C writes the report of what there is, and says how to go on.

Exit codes: 0 done, 1 the lab failed, 2 wrong arguments, 130 stopped by Ctrl-C.
`;
