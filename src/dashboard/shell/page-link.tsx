import type { ComponentProps, MouseEvent } from 'react';
import { at } from './base-path.ts';
import { navigate } from './location.ts';

/** A link within the page. With a modifier key it opens a tab like any other link. */
export function PageLink({ href, onClick, ...props }: ComponentProps<'a'> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={at(href)} onClick={follow} {...props} />;
}
