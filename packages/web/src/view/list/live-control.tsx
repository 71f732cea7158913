import type { LiveState } from '../../api/live.js';
import { Icon } from '../parts/icon.js';
import type { LiveModeView } from './use-live-mode.js';

/** Shows whether the list follows the collector, and pauses it. */
export function LiveControl({ live, mode }: { live: LiveState; mode: LiveModeView }) {
  const { text, tone } = describe(live, mode);
  const title = mode.isPaused ? 'Resume live updates (p)' : 'Pause live updates (p)';
  return (
    <button
      type="button"
      className="live-control"
      data-tone={tone}
      aria-pressed={!mode.isPaused}
      title={title}
      onClick={() => mode.setPaused(!mode.isPaused)}
    >
      <span className="live-dot" aria-hidden="true" />
      <span role="status">{text}</span>
      <Icon name={mode.isPaused ? 'play' : 'pause'} size={12} />
    </button>
  );
}

function describe(live: LiveState, mode: LiveModeView): { text: string; tone: string } {
  if (live.kind === 'waiting') return { text: `reconnecting in ${Math.ceil(live.retryInMs / 1000)} s`, tone: 'broken' };
  if (live.kind === 'connecting') return { text: 'connecting', tone: 'held' };
  if (live.kind === 'off') return { text: 'off', tone: 'held' };
  if (mode.reason === 'paused') return { text: 'Paused', tone: 'held' };
  if (mode.reason !== undefined) return { text: 'Live, held', tone: 'held' };
  return { text: 'Live', tone: 'live' };
}
