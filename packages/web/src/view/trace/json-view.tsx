import { useMemo, useState } from 'react';
import { formatCount, formatLength } from '../../model/format.js';
import { showControls } from '../../model/safe-text.js';
import {
  CHILDREN_STEP,
  containerOfMore,
  initialJsonState,
  type JsonRow,
  jsonRows,
  STRING_MORE,
  STRING_STEP,
  showMore,
  toggleExpanded,
} from '../../rows/json-rows.js';
import { Icon } from '../parts/icon.js';

/** A JSON value as a tree of which only what is open exists. */
export function JsonView({ value }: { value: object }) {
  const [state, setState] = useState(() => initialJsonState(value));
  const rows = useMemo(() => jsonRows(value, state), [value, state]);
  return (
    <div className="json">
      {rows.map((row) => (
        <div className="json-row" key={row.path} style={{ '--depth': row.depth } as React.CSSProperties}>
          <JsonLine
            row={row}
            onToggle={() => setState(toggleExpanded(state, row.path))}
            onMoreChildren={(step) => {
              const container = containerOfMore(row.path);
              setState(showMore(state, container, state.shown.get(container) ?? CHILDREN_STEP, step));
            }}
            onMoreText={() =>
              setState(showMore(state, row.path, state.shown.get(row.path) ?? STRING_STEP, STRING_MORE))
            }
          />
        </div>
      ))}
    </div>
  );
}

interface JsonLineProps {
  readonly row: JsonRow;
  onToggle(): void;
  onMoreChildren(step: number): void;
  onMoreText(): void;
}

function JsonLine({ row, onToggle, onMoreChildren, onMoreText }: JsonLineProps) {
  const { content } = row;
  if (content.kind === 'more') {
    const step = Math.min(content.hiddenChildren, CHILDREN_STEP * 5);
    return (
      <button type="button" className="text-button" onClick={() => onMoreChildren(step)}>
        {formatCount(step)} more of {formatCount(content.hiddenChildren)}
      </button>
    );
  }
  if (content.kind === 'container') {
    return (
      <button type="button" className="json-container" aria-expanded={content.isExpanded} onClick={onToggle}>
        <Icon name={content.isExpanded ? 'down' : 'right'} size={10} />
        <JsonKey value={row.key} />
        <span className="json-size">
          {content.isArray ? '[' : '{'}
          {content.size === 0 || content.isExpanded ? '' : '…'}
          {content.isArray ? ']' : '}'} {formatCount(content.size)}
        </span>
      </button>
    );
  }
  if (content.kind === 'literal') {
    return (
      <span className="json-leaf">
        <JsonKey value={row.key} />
        <span className={`json-${content.type}`}>{content.text}</span>
      </span>
    );
  }
  return (
    <span className="json-leaf">
      <JsonKey value={row.key} />
      <span className="json-string" data-prose={isProse(content.text) || undefined}>
        <bdi>"{showControls(content.text)}"</bdi>
        {content.hiddenCharacters > 0 ? (
          <button type="button" className="text-button" onClick={onMoreText}>
            show more ({formatLength(content.hiddenCharacters)})
          </button>
        ) : null}
      </span>
    </span>
  );
}

/** Sentences read better, and more scripts have their letters, in the proportional font. */
function isProse(text: string): boolean {
  return /\s/.test(text);
}

function JsonKey({ value }: { value: string | number | undefined }) {
  if (value === undefined) return null;
  const isIndex = typeof value === 'number';
  return (
    <span className={isIndex ? 'json-index' : 'json-key'}>
      <bdi>{isIndex ? value : showControls(value.slice(0, 300))}</bdi>
    </span>
  );
}
