import type { SampleCommand, SampleResult } from '../sample/protocol.js';

/** `untraced-again` is the same as `untraced`: how far the two are apart is the noise. */
export type HandlerArm = 'untraced' | 'untraced-again' | 'traced';

/** What a handler's process does; it gets it as JSON in its first argument. */
export interface HandlerTask {
  readonly arm: HandlerArm;
  readonly sinkUrl: string;
  /** The module with the handler. */
  readonly handlerUrl: string;
  /** A module that traces by other means than Slipstream; loaded before the handler where it is traced. */
  readonly withUrl?: string;
  /** The handler makes its own spans: nothing is put round its calls. */
  readonly ownTracing: boolean;
  /** At least so many before anything is timed, and then until the time that they take has settled. */
  readonly warmupCalls: number;
  readonly calls: number;
  /** Ends the calls early; for the first look at how long one takes. */
  readonly limitMs?: number;
}

/** From a handler's process to the runner, in the form that samples have. */
export type HandlerMessage =
  | { readonly type: 'ready' }
  /** `spans`: those that have to arrive; 0 where nobody counted them. */
  | { readonly type: 'result'; readonly result: SampleResult & { readonly calls: number } };

/** From the runner to a handler's process. */
export type HandlerCommand = SampleCommand;
