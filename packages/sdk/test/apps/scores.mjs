// Judges a trace a number of times and ends in the way that the second argument names, without a flush.
import { configure, getClient } from '../../dist/index.js';

const [count, ending] = [Number(process.argv[2]), process.argv[3]];
configure({ service: 'scores' });
const trace = getClient().trace({ name: 'judged' });
for (let index = 0; index < count; index++) trace.score({ name: 'stars', value: index });
if (ending === 'exit') process.exit(0);
if (ending === 'throw') throw new Error('the application failed');
