import { observeOpenAI } from '@slipstream/sdk/openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HELPER_CASES, STREAM_CASES, WHOLE_CASES } from './support/chat-cases.js';
import { FAILURE_CASES } from './support/failure-cases.js';
import { LIBRARIES, type Library } from './support/libraries.js';
import { CLIENT_CASES, METHOD_CASES, RESPONSE_CASES } from './support/other-cases.js';
import { type ParityCase, runCase } from './support/parity.js';
import { openTracing, type Tracing } from './support/tracing.js';

const GROUPS: Record<string, readonly ParityCase[]> = {
  'whole answers': WHOLE_CASES,
  streams: STREAM_CASES,
  helpers: HELPER_CASES,
  failures: FAILURE_CASES,
  'the Responses API': RESPONSE_CASES,
  'other methods': METHOD_CASES,
  'the client': CLIENT_CASES,
};

let tracing: Tracing;

beforeAll(async () => {
  tracing = await openTracing();
});

afterAll(() => tracing.close());

for (const { name, runs, load } of LIBRARIES) {
  describe.skipIf(!runs)(`${name}, observed, is for its caller what it is bare`, () => {
    let library: Library;
    beforeAll(async () => {
      library = await load();
    });

    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        it.each([...cases])('$name', async (test) => {
          const bare = await runCase(test, library, (client) => client);
          const observed = await runCase(test, library, (client) => observeOpenAI(client, { client: tracing.client }));
          expect(observed).toStrictEqual(bare);
          expect(tracing.client.stats().open).toBe(0);
        });
      });
    }
  });
}
