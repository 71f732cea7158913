import type { Level } from '@slipstream/query-api';

/** An ordinary level says nothing; the others are named, never by colour alone. */
export function LevelTag({ level, errorCount = 0 }: { level: Level; errorCount?: number }) {
  if (level === 'DEFAULT') return null;
  const text = level === 'ERROR' && errorCount > 1 ? `${errorCount} errors` : level.toLowerCase();
  return (
    <span className="level-tag" data-level={level}>
      {text}
    </span>
  );
}
