import type { SinkCounts } from './counts.js';
import type { SinkFault } from './faults.js';

/** What the sink process is told, as JSON in its first argument. */
export interface SinkTask {
  readonly fault?: SinkFault;
  /** Whether it looks for labels in each body, which takes time. */
  readonly countsLabels?: boolean;
}

/** What the runner asks of the sink process. */
export type SinkRequest = { readonly type: 'counts' } | { readonly type: 'reset' } | { readonly type: 'stop' };

/** What the sink process answers. */
export type SinkReply =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'counts'; readonly counts: SinkCounts };
