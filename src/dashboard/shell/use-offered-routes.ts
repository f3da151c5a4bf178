import { useEffect, useState } from 'react';
import { type PageRoute, pageRoutes } from '../page-routes.tsx';

/** The pages that exist here: the optional ones appear once they are known to exist. */
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
