/** The stream that collectors and SDKs append to; part of the contract with them. */
export const TRACES_STREAM = 'slipstream:traces';
/** What could never be read or delivered, the newest of it. */
export const DEAD_STREAM = 'slipstream:traces:dead';
/** Written for nothing but to learn whether the server takes writes again; gone after a second. */
export const PROBE_KEY = 'slipstream:traces:probe';
/** Before the id of a dead letter: whoever tries it once more, so that no other collector does at the same time. */
export const DEAD_CLAIM_PREFIX = 'slipstream:traces:dead:claim:';
