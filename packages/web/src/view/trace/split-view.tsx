import { type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { readStored, writeStored } from '../stored-value.js';

/** Part of the width that the right side takes, in per cent. */
const DEFAULT_SHARE = 36;
const LEAST_SHARE = 22;
const MOST_SHARE = 65;
const KEY_STEP = 2;

/** Two panes with a divider that can be dragged, or moved with the arrow keys. The place is kept. */
export function SplitView({ left, right }: { left: ReactNode; right: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(() => clampShare(Number(readStored('detailShare') ?? DEFAULT_SHARE)));
  const move = (next: number) => {
    setShare(clampShare(next));
    writeStored('detailShare', String(clampShare(next)));
  };
  const onDrag = (event: PointerEvent<HTMLElement>) => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    move(((box.right - event.clientX) / box.width) * 100);
  };
  return (
    <div className="split" ref={frame} style={{ gridTemplateColumns: `minmax(0, 1fr) 1px minmax(0, ${share}%)` }}>
      {left}
      {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved, a separator can. */}
      <div
        className="divider"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the details"
        aria-valuenow={Math.round(share)}
        aria-valuemin={LEAST_SHARE}
        aria-valuemax={MOST_SHARE}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onDrag}
        onDoubleClick={() => move(DEFAULT_SHARE)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft') move(share + KEY_STEP);
          else if (event.key === 'ArrowRight') move(share - KEY_STEP);
          else return;
          event.preventDefault();
        }}
      />
      {right}
    </div>
  );
}

function clampShare(share: number): number {
  return Number.isFinite(share) ? Math.min(MOST_SHARE, Math.max(LEAST_SHARE, share)) : DEFAULT_SHARE;
}
