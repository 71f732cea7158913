/** One POST to the backend. */
export interface TransportRequest {
  readonly target: 'traces' | 'books' | 'scores';
  /** Not touched by the caller until the outcome is there. */
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** What came of it. A status is no judgement: that is `retry.ts`'s. */
export type TransportOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType: string;
      /** The header as it came. */
      readonly retryAfter: string | undefined;
      /** Whether the answer came from a Slipstream collector. */
      readonly isCollector: boolean;
      /** At most 64 KiB; what goes beyond, or comes too late, is not read. */
      readonly body: Uint8Array;
    }
  /**
   * No answer: refused, reset, not resolved, timed out. `reason` is a code such as ECONNREFUSED; `hadConnection` tells
   * whether the backend may have seen the request.
   */
  | { readonly kind: 'failed'; readonly reason: string; readonly hadConnection: boolean }
  /** A Redis has answered: it took the batch, or refused it with an error that begins with this word (OOM, READONLY). */
  | { readonly kind: 'replied'; readonly refusal: string | undefined };

/**
 * Carries requests to the one address that the settings name.
 * `post` never rejects, and always settles within its own time limits.
 */
export interface Transport {
  post(request: TransportRequest): Promise<TransportOutcome>;
  /** Whether the address is this machine's own: short ways, so quick retries and no compression. */
  readonly isLoopback: boolean;
  /** Address without path and credentials, for the log. */
  readonly origin: string;
  /** Closes idle connections. Requests under way go on. */
  close(): void;
}
