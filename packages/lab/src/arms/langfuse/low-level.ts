import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { type HandMadeSpans, wrapByHand } from '../hand-made-spans.js';
import { importPeer } from '../peer-module.js';
import { createLangfuseLife, type LangfuseSetUpModule } from './arm.js';

interface LangfuseObservation {
  startObservation: StartObservation;
  update(attributes: { output?: unknown; level?: 'ERROR'; statusMessage?: string }): LangfuseObservation;
  end(): void;
}

type StartObservation = (
  name: string,
  attributes: { input: unknown },
  options: { asType: string },
) => LangfuseObservation;

interface LangfuseModule extends LangfuseSetUpModule {
  startObservation: StartObservation;
}

/** `startObservation`, `update` and `end` of `@langfuse/tracing`: nothing is wrapped, nothing is active. */
export function createLangfuseLowLevelArm(peersUrl: string): Arm {
  const { start, flush, tearDown } = createLangfuseLife();
  let langfuse: LangfuseModule | undefined;
  const loaded = (): LangfuseModule => {
    if (langfuse === undefined) throw new ArmNotLoadedError('langfuse low-level');
    return langfuse;
  };
  return {
    async load() {
      langfuse = await importPeer<LangfuseModule>(peersUrl, 'langfuse-low-level.mjs');
    },
    setUp: (sinkUrl) => start(loaded(), sinkUrl),
    wrap: wrapByHand(() => spansOf(loaded())),
    flush,
    tearDown,
  };
}

function spansOf({ startObservation }: LangfuseModule): HandMadeSpans<LangfuseObservation> {
  return {
    begin: (parent, name, input, kind) =>
      parent === undefined
        ? startObservation(name, { input }, { asType: kind })
        : parent.startObservation(name, { input }, { asType: kind }),
    end: (span, output) => span.update({ output }).end(),
    fail: (span, error) => span.update({ level: 'ERROR', statusMessage: String(error) }).end(),
  };
}
