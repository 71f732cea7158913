import { describeArm, keepsAsMuch } from '../../arms/registry.js';
import type { ArmSummary, ScenarioSummary } from '../model.js';

/** The peers that an arm of ours is held against: those that keep as much and, where ways are compared, go the same way. */
export function rivalsOf(own: ArmSummary, { scenario, arms }: ScenarioSummary): ArmSummary[] {
  const { place } = describeArm(own.arm);
  const peers = arms.filter(({ arm }) => describeArm(arm).side === 'peer' && keepsAsMuch(arm, own.arm));
  if (!scenario.startsWith('ways-')) return peers;
  const sameWay = peers.filter(({ arm }) => describeArm(arm).place.A === place.A);
  return sameWay.length > 0 ? sameWay : peers;
}

/** Langfuse by the same way as an arm of ours, else as it is commonly used, where the scenario has it. */
export function langfuseBeside(own: ArmSummary, { arms }: ScenarioSummary): ArmSummary | undefined {
  const byName = (name: string): ArmSummary | undefined => arms.find(({ arm }) => arm === name);
  const sameWay = byName(own.arm.replace('slipstream', 'langfuse'));
  if (sameWay !== undefined) return sameWay;
  return byName(describeArm(own.arm).captures ? 'langfuse' : 'langfuse-capture-off');
}

/** Ours by the same way as a peer, else ours that captures as much. */
export function oursBeside(peer: ArmSummary, { arms }: ScenarioSummary): ArmSummary | undefined {
  const byName = (name: string): ArmSummary | undefined => arms.find(({ arm }) => arm === name);
  const way = /-(low-level|openai|langchain|masked|sampled)$/.exec(peer.arm)?.[0];
  const sameWay = way === undefined ? undefined : byName(`slipstream${way}`);
  if (sameWay !== undefined) return sameWay;
  return byName(describeArm(peer.arm).captures ? 'slipstream' : 'slipstream-capture-off');
}

/** The peer with the smallest figure. */
export function best(
  peers: readonly ArmSummary[],
  value: (summary: ArmSummary) => number | undefined,
): ArmSummary | undefined {
  return peers
    .filter((peer) => value(peer) !== undefined)
    .reduce<ArmSummary | undefined>(
      (found, peer) => (found === undefined || (value(peer) ?? 0) < (value(found) ?? 0) ? peer : found),
      undefined,
    );
}
