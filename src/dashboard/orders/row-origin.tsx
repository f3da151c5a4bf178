import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { FreshnessStory } from '../answers/freshness-chip.tsx';
import { Clock } from '../shell/moment.tsx';
import type { RowOrigin as Origin } from './use-order-list.ts';

/** A dot at each row that says where just this row came from. */
export function RowOrigin({ origin, number }: { origin: Origin; number: string }) {
  const role = origin.kind === 'change' ? 'LIVE' : (origin.facts.role ?? 'NONE');
  return (
    <DialogTrigger>
      <Button className="origin" data-role={role} aria-label={`Where ${number} came from`}>
        <span className="chip-dot" aria-hidden="true" />
      </Button>
      <Popover placement="bottom end" className="popover">
        <Dialog className="popover-body" aria-label={`Where ${number} came from`}>
          {origin.kind === 'answer' ? <FreshnessStory facts={origin.facts} /> : <ChangeStory origin={origin} />}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function ChangeStory({ origin }: { origin: Extract<Origin, { kind: 'change' }> }) {
  return (
    <>
      <p className="story">
        Told by the API when it was committed on the source, after the list was read. The next answer includes it.
      </p>
      <dl className="facts">
        <dt>Committed</dt>
        <dd>
          <Clock atMs={Date.parse(origin.at)} />
        </dd>
        <dt>Told</dt>
        <dd>
          <Clock atMs={origin.receivedAtMs} />
        </dd>
      </dl>
    </>
  );
}
