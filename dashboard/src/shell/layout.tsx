import { Dialog } from '@base-ui/react/dialog';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { Search as Glass, Menu } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { signedOut, useSession } from '../api/session.ts';
import { useHotkeys, useSearchKey } from '../lib/hotkeys.ts';
import { IconButton } from '../ui/button.tsx';
import { undoLatest } from '../ui/toast.tsx';
import { LiveBanner } from './live-state.tsx';
import { Logo, Navigation } from './navigation.tsx';
import { RatesBanner } from './rates-banner.tsx';
import { Search } from './search/search.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { SignIn } from './sign-in.tsx';
import { StreamBar } from './stream-bar.tsx';

/** Navigation on the left, on narrow screens behind a button; the page beside it. */
export function Layout() {
  const { pathname } = useLocation();
  const session = useSession();
  const [menu, setMenu] = useState(false);
  const [help, setHelp] = useState(false);
  const [search, setSearch] = useState(false);
  const navigate = useNavigate();
  const find = () => {
    flushSync(() => {
      setMenu(false);
      setSearch(true);
    });
  };
  useSearchKey(find);
  useHotkeys({
    // A page whose list is searched by this key keeps it.
    '/': () => (document.querySelector('[data-own-search]') ? false : find()),
    '?': () => setHelp(true),
    z: undoLatest,
    1: () => navigate({ to: '/' }),
    2: () => navigate({ to: '/feed' }),
    3: () => navigate({ to: '/queue' }),
    4: () => navigate({ to: '/transactions' }),
  });
  const before = useRef(pathname);
  // A new page is read from its top: the menu closes, and the keyboard's next step is into the page.
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    setMenu(false);
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [pathname]);

  if (signedOut(session)) return <SignIn />;
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-md bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 border-r border-line lg:block">
        <Navigation onHelp={() => setHelp(true)} onSearch={find} />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b border-line bg-canvas/90 px-3 backdrop-blur lg:hidden">
          <Dialog.Root open={menu} onOpenChange={setMenu}>
            <Dialog.Trigger render={<IconButton label="Menu" />}>
              <Menu className="size-5" />
            </Dialog.Trigger>
            <Dialog.Portal>
              <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/35 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
              <Dialog.Popup
                data-modal
                className="fixed inset-y-0 left-0 z-50 w-64 border-r border-line bg-canvas transition-transform data-ending-style:-translate-x-full data-starting-style:-translate-x-full"
              >
                <Dialog.Title className="sr-only">Menu</Dialog.Title>
                <Navigation
                  onSearch={find}
                  onHelp={() => {
                    setMenu(false);
                    setHelp(true);
                  }}
                />
              </Dialog.Popup>
            </Dialog.Portal>
          </Dialog.Root>
          <Logo />
          <IconButton label="Search" className="ml-auto" onClick={find}>
            <Glass className="size-5" />
          </IconButton>
        </header>
        <LiveBanner />
        <RatesBanner />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-[1720px] flex-1 px-4 py-5 outline-none sm:px-6 lg:px-8"
        >
          <Outlet />
        </main>
        <StreamBar />
      </div>
      <Search open={search} onClose={() => setSearch(false)} />
      <Shortcuts open={help} onClose={() => setHelp(false)} />
    </div>
  );
}
