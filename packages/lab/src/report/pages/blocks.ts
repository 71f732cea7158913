import { claimsTables } from '../claims/claims-table.js';
import type { LabReport } from '../model.js';
import { renderMarkdownTable } from '../table.js';
import { costTable } from './cost-table.js';
import { lostFigures, missedGoals, withoutTitle } from './goals-block.js';
import type { Language } from './language.js';
import { pythonBlock } from './python-block.js';
import { machine, notes, ownCost, peerCost, peerStall } from './sentences.js';
import { tenMillisecondsByPayload, tenMillisecondsUnderLoad } from './ten-milliseconds.js';

type MakeBlock = (report: LabReport, language: Language) => string;

/** Everything that a page can have from a run, by the name of the block; made when a page asks for it. */
const BLOCKS: Readonly<Record<string, MakeBlock>> = {
  'cost-table': costTable,
  'own-cost': ownCost,
  'peer-cost': peerCost,
  'peer-stall': peerStall,
  machine,
  notes,
  provenance,
  'missed-goals': missedGoals,
  'lost-figures': lostFigures,
  'ten-ms-load': tenMillisecondsUnderLoad,
  'ten-ms-payload': tenMillisecondsByPayload,
  'python-methods': (report) => pythonBlock(report, 'method-'),
  'python-gil': (report) => pythonBlock(report, 'gil'),
  'claims-methods': (report) => claimsBlock(report, 0),
  'claims-mistakes': (report) => claimsBlock(report, 1),
};

/** The names of all blocks. */
export const BLOCK_NAMES: readonly string[] = Object.keys(BLOCKS);

/** What stands in a block; undefined where there is no such block. */
export function pageBlock(report: LabReport, language: Language, name: string): string | undefined {
  return Object.hasOwn(BLOCKS, name) ? BLOCKS[name]?.(report, language) : undefined;
}

function claimsBlock(report: LabReport, index: number): string {
  const table = claimsTables(report)[index];
  return table === undefined ? '' : withoutTitle(renderMarkdownTable(table));
}

function provenance({ startedAt, command, environment, rounds, mode }: LabReport): string {
  const { commit, dirty, node, cores, cpuModel, platform } = environment;
  const state = dirty === true ? ' with changes' : '';
  return `\`${command}\` on ${startedAt.slice(0, 10)}: ${rounds} rounds (${mode}), commit ${commit?.slice(0, 12) ?? 'unknown'}${state}, Node ${node.replace(/^v/, '')}, ${cores} x ${cpuModel}, ${platform}.`;
}
