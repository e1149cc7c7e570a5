import { ConvexProvider, ConvexReactClient } from 'convex/react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';

/** With a sign-in of yours, its provider (Clerk, Auth0, …) takes the place of ConvexProvider: the queries ask who is there. */
const convex = new ConvexReactClient(import.meta.env.VITE_CONVEX_URL);
// A token of your provider's own is enough to look at the page before that is built.
const { VITE_CONVEX_TOKEN: token } = import.meta.env;
if (token) convex.setAuth(async () => token);

createRoot(document.getElementById('root')!).render(
  <ConvexProvider client={convex}>
    <App />
  </ConvexProvider>,
);
