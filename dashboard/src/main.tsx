import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { onSession } from './api/session.ts';
import { loadSession } from './api/sign-in.ts';
import { startTheme } from './lib/theme.ts';
import { live } from './live/live.ts';
import { router } from './router.tsx';
import './styles.css';
import { ToastProvider } from './ui/toast.tsx';

startTheme();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      refetchOnWindowFocus: true,
      // Only what may be over in a moment is asked for again.
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status === 503),
      retryDelay: (attempt) => 400 * 2 ** attempt,
      // The server is often on this very machine, where being offline means nothing.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
onSession(() => void client.resetQueries());
// Who this is comes first, so that nothing is asked that would be refused. Out of reach, the pages say so themselves.
await loadSession().catch(() => undefined);
live.start();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
