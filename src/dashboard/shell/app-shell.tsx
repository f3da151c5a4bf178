import { Suspense, useEffect } from 'react';
import { pageRoutes } from '../page-routes.tsx';
import { EmptyState } from '../states/empty-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { Announcements } from './announcements.tsx';
import { ClusterNotice } from './cluster-notice.tsx';
import { usePath } from './location.ts';
import { PageBoundary } from './page-boundary.tsx';
import { PageLink } from './page-link.tsx';
import { ThemeChoice } from './theme-choice.tsx';
import { useOfferedRoutes } from './use-offered-routes.ts';

/** What every page has around it: the way to the others, the theme, and what does not work now. */
export function AppShell() {
  const path = usePath();
  const offered = useOfferedRoutes();
  const route = pageRoutes.find((candidate) => candidate.path === path);
  useEffect(() => {
    document.title = route === undefined ? 'Tidemark' : `${route.title} · Tidemark`;
  }, [route]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="bar">
        <PageLink href="/" className="brand">
          <img src="/tidemark.svg" width="20" height="20" alt="" />
          Tidemark
        </PageLink>
        <nav aria-label="Pages">
          <ul className="tabs">
            {offered.map(({ path: href, title }) => (
              <li key={href}>
                <PageLink href={href} aria-current={href === path ? 'page' : undefined}>
                  {title}
                </PageLink>
              </li>
            ))}
          </ul>
        </nav>
        <a className="bar-link" href="/graphql">
          GraphiQL
        </a>
        <ThemeChoice />
      </header>
      <ClusterNotice />
      <main id="main" tabIndex={-1}>
        {route === undefined ? (
          <EmptyState title="There is nothing here">
            <p>
              <PageLink href="/">Go to the orders</PageLink>
            </p>
          </EmptyState>
        ) : (
          <PageBoundary key={route.path} what={route.title}>
            <Suspense fallback={<LoadingState what={route.title.toLowerCase()} />}>
              <route.Page />
            </Suspense>
          </PageBoundary>
        )}
      </main>
      <Announcements />
    </>
  );
}
