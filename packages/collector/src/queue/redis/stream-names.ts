/** The stream that collectors and SDKs append to; part of the contract with them. */
export const TRACES_STREAM = 'slipstream:traces';
/** What could never be read or delivered, the newest of it. */
export const DEAD_STREAM = 'slipstream:traces:dead';
/** Written for nothing but to learn whether the server takes writes again; gone after a second. */
export const PROBE_KEY = 'slipstream:traces:probe';
