import { useEffect, useState } from 'react';
import { type PageRoute, pageRoutes } from '../page-routes.tsx';

/** The pages that there are here: those that are not everywhere come once it is known that they are. */
export function useOfferedRoutes(): readonly PageRoute[] {
  const [offered, setOffered] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    for (const { path, isOffered } of pageRoutes) {
      void isOffered?.().then((isThere) => {
        if (isThere) setOffered((before) => new Set([...before, path]));
      });
    }
  }, []);
  return pageRoutes.filter(({ path, isOffered }) => isOffered === undefined || offered.has(path));
}
