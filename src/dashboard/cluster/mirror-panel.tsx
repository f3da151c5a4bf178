import { durationInWords } from '../answers/age-words.ts';
import { countInWords } from '../shell/figures.ts';
import { Clock, Moment } from '../shell/moment.tsx';
import type { MirrorDetails } from './cluster-documents.ts';

const hues: Readonly<Record<string, string>> = { CAUGHT_UP: 'good', BEHIND: 'warn', UNKNOWN: 'none' };

/** How far the backup is behind the source, and what was parked. */
export function MirrorPanel({
  mirror,
  unknownSinceMs,
}: {
  mirror: MirrorDetails | null;
  unknownSinceMs: number | null;
}) {
  return (
    <section className="panel" aria-labelledby="mirror-title">
      <header className="panel-head">
        <h2 id="mirror-title">Mirror to the backup</h2>
        {mirror !== null && (
          <span className="tag" data-hue={unknownSinceMs === null ? (hues[mirror.state] ?? 'none') : 'none'}>
            {unknownSinceMs === null ? (
              mirror.state.toLowerCase().replaceAll('_', ' ')
            ) : (
              <>
                unknown since <Clock atMs={unknownSinceMs} />
              </>
            )}
          </span>
        )}
      </header>
      {mirror === null ? (
        <p className="soft">No backup is set up.</p>
      ) : (
        <dl className="facts">
          <dt>Waiting</dt>
          <dd>{count(mirror.waiting)}</dd>
          <dt>Oldest</dt>
          <dd>{mirror.oldestAgeMs === null ? '–' : durationInWords(mirror.oldestAgeMs)}</dd>
          <dt>Given up</dt>
          <dd>{count(mirror.parked)}</dd>
          <dt>Last compared</dt>
          <dd>{mirror.lastComparedAt === null ? 'not yet' : <Moment at={mirror.lastComparedAt} />}</dd>
          <dt>Mismatches at last check</dt>
          <dd>{count(mirror.mismatches)}</dd>
        </dl>
      )}
    </section>
  );
}

function count(value: number | null): string {
  return value === null ? 'not known' : countInWords(value);
}
