import type { ReactNode } from 'react';
import { Icon } from '../design/icons.tsx';

/** The page works with something missing: what, and what that means. */
export function DegradedNotice({ level, children }: { level: 'warn' | 'bad'; children: ReactNode }) {
  return (
    <div className="notice" data-level={level} role="status">
      <span className="notice-mark">
        <Icon name={level === 'bad' ? 'close' : 'warn'} />
      </span>
      <div>{children}</div>
    </div>
  );
}
