import type { ArmDefinition } from '../contract.js';
import { CALL_AND_BATCH } from '../place.js';
import { createSentryArm } from './arm.js';

const SHARED = { side: 'peer', library: 'sentry', packages: ['@sentry/node'] } as const;

/** Sentry. Its batch is a trace, sent when the root ends. */
export const SENTRY_ARMS = [
  { ...SHARED, name: 'sentry', captures: true, place: CALL_AND_BATCH, create: (peersUrl) => createSentryArm(peersUrl) },
] as const satisfies readonly ArmDefinition[];
