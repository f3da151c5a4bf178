import { Moment } from '../shell/moment.tsx';
import type { ClusterHappening } from './cluster-documents.ts';
import { eventKey } from './merge-events.ts';
import { useEventLog } from './use-event-log.ts';

const hues = { INFO: 'good', WARN: 'warn', ERROR: 'bad' } as const;

/** Cluster events as they happen. */
export function EventLogPanel() {
  const { events, state } = useEventLog();
  return (
    <section className="panel" aria-labelledby="events-title">
      <header className="panel-head">
        <h2 id="events-title">Events</h2>
        {state === 'lost' && <span className="soft">reconnecting…</span>}
      </header>
      {events === null && <p className="soft">Loading…</p>}
      {events?.length === 0 && <p className="soft">No events since the API was started.</p>}
      {events !== null && events.length > 0 && (
        // Can be focused, so that the keyboard can scroll it.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable
        <ol className="events" aria-live="polite" aria-label="Events, newest first" tabIndex={0}>
          {events.map((event) => (
            <Event key={eventKey(event)} event={event} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Event({ event: { name, severity, at, node, description, facts } }: { event: ClusterHappening }) {
  const told = facts.filter(({ value }) => value !== '').map(({ name: fact, value }) => `${fact}: ${value}`);
  return (
    <li>
      <Moment at={at} />
      <span className="tag" data-hue={hues[severity]}>
        {name.toLowerCase().replaceAll('_', ' ')}
      </span>
      <span>
        {node !== null && <b>{node} </b>}
        {description}
        {told.length > 0 && <span className="soft"> {told.join(' · ')}</span>}
      </span>
    </li>
  );
}
