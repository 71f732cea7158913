import { createContext, type ReactNode, use } from 'react';
import type { ApiClient } from '../api/client.js';
import type { TraceSearch } from '../model/trace-search.js';
import type { ThemeStore } from './theme.js';

/** What `main.tsx` makes and every page uses. */
export interface AppServices {
  readonly api: ApiClient;
  readonly theme: ThemeStore;
  /** The search of the list when it was last seen, so that the way back from a trace leads to the same list. */
  readonly lastSearch: { current: TraceSearch };
}

const AppContext = createContext<AppServices | undefined>(undefined);

export function AppProvider({ services, children }: { services: AppServices; children: ReactNode }) {
  return <AppContext value={services}>{children}</AppContext>;
}

export function useApp(): AppServices {
  const services = use(AppContext);
  if (services === undefined) throw new Error('useApp is called outside AppProvider');
  return services;
}
