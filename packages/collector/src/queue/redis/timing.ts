/** Every wait of the Redis queue, in milliseconds. */
export interface RedisTiming {
  /** To a connection, TLS and authentication included. */
  readonly connectMs: number;
  /** From a command to its answer; past it the connection is given up. */
  readonly commandMs: number;
  /** One blocking read. Short enough that a lost server is seen, long enough that an idle reader costs nothing. */
  readonly blockMs: number;
  /** Between two looks at the size of the stream, which also trim it. */
  readonly sampleMs: number;
  /** Between two looks at the settings of the server. */
  readonly durabilityMs: number;
  /** An entry that nobody renewed for so long belonged to a reader that is gone. */
  readonly claimIdleMs: number;
  /** Between two looks for such entries. */
  readonly claimEveryMs: number;
  /** Between two renewals of what a reader has in hand: several may fail before others take it. */
  readonly renewMs: number;
  /** The first wait before a faulty server is tried again, and the longest. */
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** What `close` and the opening may each take. */
  readonly closeMs: number;
  /** A group of no destination of ours, and a reader's name, that nobody used for so long is removed. */
  readonly retireIdleMs: number;
  readonly sweepEveryMs: number;
}

const MINUTE_MS = 60_000;

export const DEFAULT_TIMING: RedisTiming = {
  connectMs: 5000,
  commandMs: 10_000,
  blockMs: 2000,
  sampleMs: 1000,
  durabilityMs: MINUTE_MS,
  claimIdleMs: MINUTE_MS,
  claimEveryMs: 15_000,
  renewMs: 15_000,
  firstRetryMs: 250,
  lastRetryMs: 10_000,
  closeMs: 1500,
  retireIdleMs: 24 * 60 * MINUTE_MS,
  sweepEveryMs: 60 * MINUTE_MS,
};
