import { type ArmModel, addCounts, type Counts, contextCounts, termsOf } from '../arm-model.js';
import type { SpanFacts, ValueFacts } from '../span-facts.js';

/**
 * Slipstream (`packages/sdk/src/observe`, `record`, `ring`): one wrapper, one context, the promise followed, two clock
 * readings, two ids, a handle, and a record for the end; a record for the start where an input is captured, else for
 * roots alone. Values are walked and copied. Encoding, masking and sending are the worker's, so nothing is deferred but
 * the answer to one flush.
 */
export const SLIPSTREAM_MODEL: ArmModel = {
  terms: (facts, captures) => [
    ...termsOf('direct', addCounts(spanCounts(facts, captures), captures ? copyCounts(facts) : {})),
    ...termsOf('deferred', { flushUs: 1 / facts.spans }),
  ],
  batchSpans: () => 0,
  // In a loop without rest the worker never catches up; paced, it does most of its work while the application rests.
  besideShare: ({ pace }) => (pace === 'tight' ? 1 : 0),
  leftOut:
    'what the worker takes from the caches that both threads share, by values of 100 KB most of all (counted in a tight loop alone)',
};

function spanCounts(facts: SpanFacts, captures: boolean): Counts {
  return {
    ...contextCounts(facts),
    wrapCallNs: 1,
    promiseFollowNs: 1,
    clockReadNs: 2,
    idPooledNs: 1 + 2 * facts.roots,
    smallObjectNs: 3,
    // Names are numbers in the ring: looked up for each record.
    attributeNs: 2,
    publishNs: captures ? 2 : 1 + facts.roots,
  };
}

function copyCounts({ input, output }: SpanFacts): Counts {
  return addCounts(copyValue(input), copyValue(output));
}

/** A key is copied like a short text; a longer text is asked for its charset and copied by one native call. */
function copyValue({ properties, shortTexts, longTexts, kichars, objects }: ValueFacts): Counts {
  return {
    inspectNs: properties + objects,
    shortTextNs: properties + shortTexts,
    copyCallNs: longTexts * 2,
    copyNsPerKichar: kichars,
  };
}
