import { runLabCommand } from './command.js';

process.exitCode = await runLabCommand(process.argv.slice(2), {
  result: (text) => process.stdout.write(text),
  talk: (text) => process.stderr.write(text),
});
