// The same work without tracing: what the others are compared with.
import { askModel, checkSafety, classifyIntent, promptFor } from '../lesson/robot.mjs';
import { runAlone } from '../program.mjs';

export async function handle(request) {
  checkSafety(request.message);
  const intent = await classifyIntent({ message: request.message, target: request.target_word });
  return askModel(promptFor(request, intent));
}

/** Nothing to do: nothing is traced. */
export async function setUp() {}
export async function flush() {}
export async function tearDown() {}

await runAlone({ at: import.meta.url, url: '', setUp, handle, flush, tearDown });
