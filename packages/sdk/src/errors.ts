/** Thrown by `configure` and `createClient` only, at start-up; nothing else of this package throws. */
export class SlipstreamConfigError extends Error {
  override readonly name = 'SlipstreamConfigError';
  /** Stable: `SLIPSTREAM_INVALID_OPTION`, `SLIPSTREAM_CONFIG_CONFLICT`. */
  readonly code: ConfigErrorCode;

  constructor(code: ConfigErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Codes of {@link SlipstreamConfigError}. */
export type ConfigErrorCode = 'SLIPSTREAM_INVALID_OPTION' | 'SLIPSTREAM_CONFIG_CONFLICT';
