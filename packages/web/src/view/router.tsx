import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { parseSearch, stringifySearch, toTraceSearch } from '../model/trace-search.js';
import { AppFrame } from './app-frame.js';
import { TraceListPage } from './list/trace-list-page.js';
import { NotFound } from './not-found.js';
import { TracePage } from './trace/trace-page.js';

/** What the trace page keeps in the URL. */
export interface TracePageSearch {
  /** Id of the selected observation. */
  span?: string;
}

const rootRoute = createRootRoute({ component: AppFrame, notFoundComponent: NotFound });

const listRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: toTraceSearch,
  component: TraceListPage,
});

const traceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/traces/$traceId',
  validateSearch: (raw: Record<string, unknown>): TracePageSearch =>
    typeof raw.span === 'string' && raw.span.length <= 100 ? { span: raw.span } : {},
  component: TracePage,
});

export function createAppRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren([listRoute, traceRoute]),
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    // Both pages have scrollers of their own; the window itself never scrolls.
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
