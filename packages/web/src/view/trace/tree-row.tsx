import { memo } from 'react';
import { formatCost, formatDuration, formatTokens } from '../../model/format.js';
import { isRunning } from '../../model/observation.js';
import type { TreeEntry } from '../../model/trace-tree.js';
import type { TraceRow } from '../../rows/trace-rows.js';
import { Icon } from '../parts/icon.js';
import { PlainText } from '../parts/plain-text.js';
import { TypeMark } from '../parts/type-mark.js';

/** Deeper levels are not indented further, so that a name always has room. */
const DEEPEST_INDENT = 24;

interface TreeRowProps {
  readonly row: TraceRow;
  readonly top: number;
  readonly isSelected: boolean;
  onSelect(spanId: string): void;
  onToggle(spanId: string): void;
}

/** One observation. Keys are handled by the tree as a whole; a press anywhere in the row selects it. */
export const TreeRow = memo(function TreeRow({ row, top, isSelected, onSelect, onToggle }: TreeRowProps) {
  const { entry, isCollapsed, isMatch } = row;
  const { observation, depth } = entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles keys for all of its rows.
    <div
      className="tree-row"
      role="treeitem"
      id={`row-${observation.spanId}`}
      tabIndex={-1}
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={entry.childCount === 0 ? undefined : !isCollapsed}
      data-level={observation.level}
      data-dim={!isMatch || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(observation.spanId)}
    >
      <span className="col-name" style={{ '--depth': Math.min(depth, DEEPEST_INDENT) } as React.CSSProperties}>
        <Toggle entry={entry} isCollapsed={isCollapsed} onToggle={onToggle} />
        <TypeMark type={observation.type} />
        <span className="tree-name">
          <PlainText text={observation.name} />
        </span>
        {observation.model === null ? null : (
          <span className="tree-model">
            <PlainText text={observation.model} limit={60} />
          </span>
        )}
        <Detached reason={entry.detached} />
      </span>
      <Figures entry={entry} isCollapsed={isCollapsed} />
    </div>
  );
});

function Toggle(props: { entry: TreeEntry; isCollapsed: boolean; onToggle(spanId: string): void }) {
  const { entry, isCollapsed } = props;
  if (entry.childCount === 0) return <span className="tree-toggle" />;
  return (
    <button
      type="button"
      className="tree-toggle"
      tabIndex={-1}
      aria-label={isCollapsed ? 'Expand' : 'Collapse'}
      onClick={(event) => {
        event.stopPropagation();
        props.onToggle(entry.observation.spanId);
      }}
    >
      <Icon name={isCollapsed ? 'right' : 'down'} size={12} />
      {isCollapsed ? <small>{entry.subtreeSize - 1}</small> : null}
    </button>
  );
}

/** Tokens and cost of the observation itself; of its whole subtree where that is collapsed. */
function Figures({ entry, isCollapsed }: { entry: TreeEntry; isCollapsed: boolean }) {
  const { observation } = entry;
  const { inputTokens, outputTokens, costUsd } = isCollapsed ? entry.rollup : observation;
  const hasTokens = inputTokens > 0 || outputTokens > 0;
  return (
    <>
      <span className="col-duration">
        {isRunning(observation) ? (
          <span className="running-text">running</span>
        ) : observation.type === 'event' ? null : (
          formatDuration((observation.endTimeUs ?? observation.startTimeUs) - observation.startTimeUs)
        )}
      </span>
      <span className="col-tokens" data-sum={isCollapsed || undefined}>
        {hasTokens ? (
          <>
            {formatTokens(inputTokens)} <span className="arrow">→</span> {formatTokens(outputTokens)}
          </>
        ) : null}
      </span>
      <span className="col-cost" data-sum={isCollapsed || undefined}>
        {costUsd === null ? null : formatCost(costUsd)}
      </span>
    </>
  );
}

const DETACHED_TITLE = {
  'missing-parent': 'Its parent is not in this trace: lost, filtered out, or not here yet',
  cycle: 'Its parents lead back to itself',
} as const;

function Detached({ reason }: { reason: TreeEntry['detached'] }) {
  if (reason === undefined) return null;
  return (
    <span className="detached" title={DETACHED_TITLE[reason]}>
      {reason === 'cycle' ? 'cycle' : 'no parent'}
    </span>
  );
}
