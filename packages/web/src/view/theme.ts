import { readStored, writeStored } from './stored-value.js';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** The reader's choice of colours. Drawing code that reads colours has to subscribe; CSS follows by itself. */
export interface ThemeStore {
  choice(): ThemeChoice;
  choose(choice: ThemeChoice): void;
  /** Called after the colours changed, by choice or by the system. */
  subscribe(listener: () => void): () => void;
  isDark(): boolean;
}

export function createThemeStore(): ThemeStore {
  const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
  const listeners = new Set<() => void>();
  const stored = readStored('theme');
  let choice: ThemeChoice = stored === 'light' || stored === 'dark' ? stored : 'system';
  const isDark = () => (choice === 'system' ? systemDark.matches : choice === 'dark');
  const apply = () => {
    document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
    for (const listener of listeners) listener();
  };
  systemDark.addEventListener('change', apply);
  apply();
  return {
    choice: () => choice,
    isDark,
    choose(next) {
      choice = next;
      writeStored('theme', next === 'system' ? undefined : next);
      apply();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
