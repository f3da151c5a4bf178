import type { ReactNode } from 'react';

/** Something is missing and the page goes on without it: what is missing, and what that means. */
export function DegradedNotice({ level, children }: { level: 'warn' | 'bad'; children: ReactNode }) {
  return (
    <div className="notice" data-level={level} role="status">
      <span className="notice-mark" aria-hidden="true">
        {level === 'bad' ? '✕' : '!'}
      </span>
      <div>{children}</div>
    </div>
  );
}
