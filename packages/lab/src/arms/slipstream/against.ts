import type { Arm } from '../contract.js';
import { createArmOn, type SlipstreamModule } from './arm.js';

/**
 * Slipstream as it was built from another commit, by its public entry and with its defaults.
 *
 * @param sdkUrl the entry of that build; it is missing where nobody asked for a comparison
 */
export function createSlipstreamAgainstArm(sdkUrl: string | undefined): Arm {
  return createArmOn(async () => {
    if (sdkUrl === undefined) throw new TypeError('no other commit was built: --against names one');
    return (await import(sdkUrl)) as SlipstreamModule;
  });
}
