import type { Placement } from '../../axes/axes.js';
import type { ArmDefinition } from '../contract.js';
import { SAMPLED_SHARE, WRAPPER_AND_BATCH, withoutCapture } from '../place.js';
import { createSlipstreamAgainstArm } from './against.js';
import { createSlipstreamArm, createSlipstreamSampledArm } from './arm.js';
import { createSlipstreamLangChainArm, createSlipstreamOpenAiArm } from './drop-ins.js';
import { createSlipstreamLowLevelArm } from './low-level.js';
import { createSlipstreamOtelArm } from './otel.js';

const SLIPSTREAM = { side: 'own', library: 'slipstream', packages: [] } as const;
const CAPTURING = { ...SLIPSTREAM, captures: true } as const;
const OBSERVE_AND_WORKER: Placement = { ...WRAPPER_AND_BATCH, B: 'B.isolated-thread' };

/** Slipstream by each of its ways. */
export const SLIPSTREAM_ARMS = [
  { ...CAPTURING, name: 'slipstream', place: OBSERVE_AND_WORKER, create: () => createSlipstreamArm() },
  {
    ...SLIPSTREAM,
    name: 'slipstream-capture-off',
    captures: false,
    place: withoutCapture(OBSERVE_AND_WORKER),
    create: () => createSlipstreamArm({ captureInput: false, captureOutput: false }),
  },
  {
    ...CAPTURING,
    name: 'slipstream-low-level',
    place: { ...OBSERVE_AND_WORKER, A: 'A.low-level-call' },
    create: () => createSlipstreamLowLevelArm(),
  },
  {
    ...CAPTURING,
    name: 'slipstream-openai',
    packages: ['openai'],
    place: { ...OBSERVE_AND_WORKER, A: 'A.client-drop-in' },
    create: () => createSlipstreamOpenAiArm(),
  },
  {
    ...CAPTURING,
    name: 'slipstream-langchain',
    packages: ['@langchain/core'],
    place: { ...OBSERVE_AND_WORKER, A: 'A.framework-callback' },
    create: () => createSlipstreamLangChainArm(),
  },
  {
    ...CAPTURING,
    name: 'slipstream-otel',
    packages: ['@opentelemetry/api'],
    place: { ...OBSERVE_AND_WORKER, A: 'A.opentelemetry-api' },
    create: (peersUrl) => createSlipstreamOtelArm(peersUrl),
  },
  {
    ...CAPTURING,
    name: 'slipstream-inline',
    place: WRAPPER_AND_BATCH,
    create: () => createSlipstreamArm({ transport: 'inline' }),
  },
  {
    ...CAPTURING,
    name: 'slipstream-sidecar',
    place: { ...WRAPPER_AND_BATCH, B: 'B.sidecar' },
    backend: 'collector',
    create: () => createSlipstreamArm({ transport: 'inline' }),
  },
  {
    ...CAPTURING,
    name: 'slipstream-redis',
    place: { ...WRAPPER_AND_BATCH, B: 'B.broker' },
    backend: 'redis',
    create: () => createSlipstreamArm(),
  },
  {
    ...CAPTURING,
    name: 'slipstream-masked',
    place: { ...OBSERVE_AND_WORKER, C: 'C.masked' },
    create: () => createSlipstreamArm({ mask: { rules: ['emails', 'phones'] } }),
  },
  {
    ...CAPTURING,
    name: 'slipstream-sampled',
    place: { ...OBSERVE_AND_WORKER, E: 'E.head' },
    create: () => createSlipstreamSampledArm(SAMPLED_SHARE),
  },
  {
    ...CAPTURING,
    name: 'slipstream-against',
    place: OBSERVE_AND_WORKER,
    create: (_peersUrl, againstUrl) => createSlipstreamAgainstArm(againstUrl),
  },
] as const satisfies readonly ArmDefinition[];
