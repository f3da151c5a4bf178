/** Every page there is, in the sequence of the navigation. A page is a folder of its own, loaded when it is opened first. */
import { type ComponentType, lazy } from 'react';
import { OrdersPage } from './orders/orders-page.tsx';

export type PageRoute = { readonly path: string; readonly title: string; readonly Page: ComponentType };

export const pageRoutes: readonly PageRoute[] = [{ path: '/', title: 'Orders', Page: OrdersPage }];

/** For pages that are not opened first: `later(async () => (await import('./cluster/cluster-page.tsx')).ClusterPage)`. */
export function later(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => ({ default: await load() }));
}
