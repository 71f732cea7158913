import { runLabCommand } from './command.js';
import { createDraw } from './output.js';

const draw = createDraw(process.stderr);
process.exitCode = await runLabCommand(process.argv.slice(2), {
  result: (text) => process.stdout.write(text),
  talk(text) {
    draw?.('');
    process.stderr.write(text);
  },
  draw,
});
