import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { type HandMadeSpans, wrapByHand } from '../hand-made-spans.js';
import { createArmOn, type SlipstreamModule, type SlipstreamObservation } from './arm.js';

/** Slipstream by `getClient().trace()`, `span()`, `generation()` and `end()`: nothing is wrapped, nothing is active. */
export function createSlipstreamLowLevelArm(): Arm {
  let slipstream: SlipstreamModule | undefined;
  const arm = createArmOn(async () => {
    slipstream = await import('@slipstream/sdk');
    return slipstream;
  });
  return {
    ...arm,
    wrap: wrapByHand(() => {
      if (slipstream === undefined) throw new ArmNotLoadedError('slipstream');
      return spansOf(slipstream);
    }),
  };
}

function spansOf({ getClient }: SlipstreamModule): HandMadeSpans<SlipstreamObservation> {
  return {
    begin(parent, name, input, kind) {
      if (parent === undefined) return getClient().trace({ name, input });
      return kind === 'generation' ? parent.generation({ name, input }) : parent.span({ name, input });
    },
    end: (span, output) => span.end({ output }),
    fail: (span, error) => span.end({ level: 'ERROR', statusMessage: String(error) }),
  };
}
