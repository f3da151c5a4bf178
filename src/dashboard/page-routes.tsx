/** Every page there is, in the sequence of the navigation. A page is a folder of its own, loaded when it is opened first. */
import { type ComponentType, lazy } from 'react';
import { OrdersPage } from './orders/orders-page.tsx';

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

/** For pages that are not opened first: `later(async () => (await import('./cluster/cluster-page.tsx')).ClusterPage)`. */
export function later(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => ({ default: await load() }));
}
