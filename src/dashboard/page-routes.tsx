/** Every page there is, in the sequence of the navigation. A page is a folder of its own, loaded when it is opened first. */
import { type ComponentType, lazy } from 'react';
import { OrdersPage } from './orders/orders-page.tsx';
import { CodeMissingError } from './shell/code-missing.ts';

export type PageRoute = {
  readonly path: string;
  readonly title: string;
  readonly Page: ComponentType;
  /** For a page that is not everywhere: whether it is named among the others here. */
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
    isOffered: async () => (await (await import('./lab/lab-server.ts')).lookAtLab()).nodes !== null,
  },
  {
    path: '/routing-log',
    title: 'Routing log',
    Page: later(async () => (await import('./routing-log/routing-log-page.tsx')).RoutingLogPage),
  },
];

/**
 * For pages that are not opened first: `later(async () => (await import('./cluster/cluster-page.tsx')).ClusterPage)`. Browsers keep an
 * import that failed, so that only loading everything anew brings it.
 */
export function later(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch (error) {
      throw new CodeMissingError('The code of the page did not arrive', { cause: error });
    }
  });
}
