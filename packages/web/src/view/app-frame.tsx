import { Link, Outlet } from '@tanstack/react-router';
import { useState, useSyncExternalStore } from 'react';
import { useApp } from './app-context.js';
import { CollectorStatus } from './collector-status.js';
import { HelpDialog } from './help-dialog.js';
import { Icon, type IconName } from './parts/icon.js';
import type { ThemeChoice } from './theme.js';
import { useKeys } from './use-keys.js';

const NEXT_THEME: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICON: Record<ThemeChoice, IconName> = { system: 'screen', light: 'sun', dark: 'moon' };

export function AppFrame() {
  const { theme } = useApp();
  const choice = useSyncExternalStore(theme.subscribe, theme.choice);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const nextTheme = () => theme.choose(NEXT_THEME[choice]);
  useKeys([
    ['?', () => setHelpOpen(true)],
    ['d', nextTheme],
  ]);
  return (
    <div className="frame">
      <header className="frame-bar">
        <Link to="/" className="brand" aria-label="Slipstream, all traces">
          <BrandMark />
          <span>Slipstream</span>
        </Link>
        <nav className="frame-nav" aria-label="Pages">
          <Link to="/" activeProps={{ 'aria-current': 'page' }} activeOptions={{ exact: false, includeSearch: false }}>
            Traces
          </Link>
        </nav>
        <CollectorStatus />
        <button type="button" className="icon-button" title="Keyboard (?)" onClick={() => setHelpOpen(true)}>
          <Icon name="help" />
        </button>
        <button type="button" className="icon-button" title={`Colours: ${choice} (d)`} onClick={nextTheme}>
          <Icon name={THEME_ICON[choice]} />
        </button>
      </header>
      <main className="frame-page">
        <Outlet />
      </main>
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function BrandMark() {
  return (
    <svg className="brand-mark" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M2 6.5h8.5c3.2 0 3.2-4 .6-4" />
      <path d="M2 10.5h13c3.8 0 3.8 4.5.4 4.5" />
      <path d="M2 14.5h6.5c2.8 0 2.8 3.5.3 3.5" />
    </svg>
  );
}
