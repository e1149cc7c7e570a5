import { ConvexProvider, ConvexReactClient } from 'convex/react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';

/** With a sign-in of yours, its provider (Clerk, Auth0, …) takes the place of ConvexProvider: the queries ask who is there. */
const convex = new ConvexReactClient(import.meta.env.VITE_CONVEX_URL);

createRoot(document.getElementById('root')!).render(
  <ConvexProvider client={convex}>
    <App />
  </ConvexProvider>,
);
