import './api/validation-mode.js';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApiClient } from './api/client.js';
import { isRetryable } from './api/errors.js';
import { AppProvider } from './view/app-context.js';
import { createAppRouter } from './view/router.js';
import { createThemeStore } from './view/theme.js';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The collector is usually on this machine: the browser's idea of being on line says nothing about it.
      networkMode: 'always',
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && isRetryable(error),
    },
  },
});

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <AppProvider services={{ api: createApiClient(), theme: createThemeStore(), lastSearch: { current: {} } }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={createAppRouter()} />
        </QueryClientProvider>
      </AppProvider>
    </StrictMode>,
  );
}
