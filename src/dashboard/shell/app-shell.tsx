import { Suspense, useEffect } from 'react';
import { pageRoutes } from '../page-routes.tsx';
import { EmptyState } from '../states/empty-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { Announcements } from './announcements.tsx';
import { at } from './base-path.ts';
import { ClusterNotice } from './cluster-notice.tsx';
import { LeaveQuestion } from './leave-question.tsx';
import { usePath } from './location.ts';
import { PageBoundary } from './page-boundary.tsx';
import { PageLink } from './page-link.tsx';
import { ThemeChoice } from './theme-choice.tsx';
import { useOfferedRoutes } from './use-offered-routes.ts';
import { useZoneOfPage, ZoneContext } from './zone.ts';
import { ZoneChoice } from './zone-choice.tsx';

/** The frame of every page: navigation, theme, and what is not working now. */
export function AppShell() {
  const path = usePath();
  const offered = useOfferedRoutes();
  const zone = useZoneOfPage();
  const route = pageRoutes.find((candidate) => candidate.path === path);
  useEffect(() => {
    document.title = route === undefined ? 'Tidemark' : `${route.title} · Tidemark`;
  }, [route]);
  return (
    <ZoneContext value={zone}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="bar">
        <PageLink href="/" className="brand">
          <img src={at('/tidemark.svg')} width="20" height="20" alt="" />
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
        <a className="bar-link" href={at('/graphql')}>
          GraphiQL
        </a>
        <ZoneChoice />
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
      <LeaveQuestion />
      <Announcements />
    </ZoneContext>
  );
}
