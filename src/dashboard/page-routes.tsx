/** All pages, in the order of the navigation. Each is a folder, loaded on first use. */
import { type ComponentType, lazy } from 'react';
import { OrdersPage } from './orders/orders-page.tsx';
import { CodeMissingError } from './shell/code-missing.ts';

export type PageRoute = {
  readonly path: string;
  readonly title: string;
  readonly Page: ComponentType;
  /** For a page that does not exist everywhere: whether to offer it here. */
  readonly isOffered?: () => Promise<boolean>;
};

export const pageRoutes: readonly PageRoute[] = [
  { path: '/', title: 'Orders', Page: OrdersPage },
  {
    path: '/cluster',
    title: 'Cluster',
    Page: later(async () => (await import('./cluster/cluster-page.tsx')).ClusterPage),
  },
  {
    path: '/lab',
    title: 'Lab',
    Page: later(async () => (await import('./lab/lab-page.tsx')).LabPage),
    isOffered: async () => (await (await import('./lab/lab-server.ts')).readLab()).nodes !== null,
  },
  {
    path: '/routing-log',
    title: 'Routing log',
    Page: later(async () => (await import('./routing-log/routing-log-page.tsx')).RoutingLogPage),
  },
];

/**
 * Loads a page on first use. Browsers cache a failed import, so only a reload of the whole page can retry it.
 */
export function later(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch (error) {
      throw new CodeMissingError('The code of the page could not be loaded', { cause: error });
    }
  });
}
