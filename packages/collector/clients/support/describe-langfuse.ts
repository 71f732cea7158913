import { beforeAll, describe, expect, it } from 'vitest';
import { checkScores, checkTrace } from './check.js';
import type { ExpectedTrace } from './expectation.js';
import { type ClientProgram, describeClient } from './installed.js';
import type { Told } from './program.js';
import { langfuseEnvironment, type Recording, record, recordRefusal } from './record.js';
import { story } from './story.js';

/** A program may take as long as its deadline says. */
const HOOK_TIMEOUT_MS = 90_000;

export interface LangfuseClient {
  /** Tells the lesson. */
  readonly lesson: ClientProgram;
  readonly expected: (told: Told) => ExpectedTrace;
  /** Tries with a key that is not the collector's. */
  readonly wrongKey: ClientProgram;
  /** What is known to be stored or found wrongly, and why; the test of it is expected to fail until it is right. */
  readonly faults?: { readonly fields?: string; readonly scores?: string; readonly searches?: string };
  /** The library's own error: in what it prints, and where it has a check of keys, in that. */
  readonly refusal: { readonly log: RegExp; readonly check?: RegExp };
}

/** Words of the lesson as a user would look for them. */
const SEARCHES = [
  `text=${encodeURIComponent('voi tiếng Anh')}`,
  `text=${encodeURIComponent('<script>alert(1)')}`,
  `user=${encodeURIComponent(story.userId)}`,
  `conversation=${encodeURIComponent(story.sessionId)}`,
  `metadata=${encodeURIComponent('bot_id:b-1')}`,
  `metadata=${encodeURIComponent('lesson_id:bài-12')}`,
];

function unlessKnown(fault: string | undefined): typeof it | typeof it.fails {
  return fault === undefined ? it : it.fails;
}

/** What every version of Langfuse's libraries must see done. */
export function describeLangfuse(name: string, { lesson, expected, wrongKey, refusal, faults }: LangfuseClient): void {
  describeClient(name, lesson, () => {
    describe('with the right key', () => {
      let recording: Recording;
      beforeAll(async () => {
        recording = await record(lesson, langfuseEnvironment, SEARCHES);
      }, HOOK_TIMEOUT_MS);

      unlessKnown(faults?.fields)('finds every field stored as it was told', () => {
        checkTrace(recording.stored, expected(recording.result.told), recording.result);
      });

      unlessKnown(faults?.scores)('finds its scores stored as they were told', () => {
        checkScores(recording.stored, expected(recording.result.told), recording.result);
        // Where the library reports what it could not deliver.
        expect(recording.result.stderr).toBe('');
      });

      unlessKnown(faults?.searches)('has its trace found by words, user, session and metadata', () => {
        expect(recording.found).toEqual(Object.fromEntries(SEARCHES.map((search) => [search, true])));
      });

      if (refusal.check !== undefined) {
        it('is told that the key is right', () => {
          expect(recording.result.told.authCheck).toBe(true);
        });
      }
    });

    it('shows its own error for a wrong key, and nothing is stored', async () => {
      const { result, traceIds } = await recordRefusal(wrongKey, langfuseEnvironment);
      expect(traceIds).toEqual([]);
      if (refusal.check !== undefined) expect(result.told.authCheck).toMatch(refusal.check);
      expect(result.stderr).toMatch(refusal.log);
    });
  });
}
