import '../design/panels.css';
import './routing-log.css';
import { LiveSwitch } from '../shell/live-switch.tsx';
import { navigate, usePath, useSearch } from '../shell/location.ts';
import { DegradedNotice } from '../states/degraded-notice.tsx';
import { EmptyState } from '../states/empty-state.tsx';
import { ErrorState } from '../states/error-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { choiceIn, type FilterName, filterOf, searchOf } from './routing-filter.ts';
import { RoutingFilters } from './routing-filters.tsx';
import { RoutingTable } from './routing-table.tsx';
import { useRoutingLog } from './use-routing-log.ts';

/** The last operations that the API routed: which server each used, and why. */
export function RoutingLogPage() {
  const path = usePath();
  const choice = choiceIn(useSearch());
  const log = useRoutingLog(filterOf(choice));
  const choose = (name: FilterName, value: string) =>
    navigate(path + searchOf({ ...choice, [name]: value }), { replace: name === 'name' });
  if (log.isOff) {
    return (
      <EmptyState title="The routing log is disabled">
        <p>
          The API was started with <code>ROUTING_LOG=0</code>.
        </p>
      </EmptyState>
    );
  }
  const state = log.paused ? 'paused' : log.listening === 'lost' ? 'reconnecting' : 'live';
  return (
    <>
      <header className="page-head">
        <h1>Routing log</h1>
        <p className="page-lead">The last operations that this API process routed, and why each went where it went.</p>
        <span className="spring" />
        <LiveSwitch state={state} held={log.held} onPause={log.pause} />
      </header>
      <RoutingFilters choice={choice} onChoose={choose} onClear={() => navigate(path)} />
      {log.missed > 0 && (
        <DegradedNotice level="warn">
          {log.missed} operations are left out: they came faster than this page could read.
        </DegradedNotice>
      )}
      <Rows log={log} isFiltered={searchOf(choice) !== ''} />
    </>
  );
}

function Rows({ log, isFiltered }: { log: ReturnType<typeof useRoutingLog>; isFiltered: boolean }) {
  const { shown, failure, retry } = log;
  if (shown === null) {
    return failure === null ? <LoadingState what="the log" /> : <ErrorState failure={failure} onRetry={retry} />;
  }
  if (shown.length === 0) {
    return (
      <EmptyState title={isFiltered ? 'No operation matches these filters' : 'Nothing has been routed yet'}>
        <p>Every query and mutation on orders appears here once it is answered.</p>
      </EmptyState>
    );
  }
  return <RoutingTable operations={shown} />;
}
