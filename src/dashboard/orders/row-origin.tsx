import { useRef } from 'react';
import { Dialog, Popover } from 'react-aria-components';
import { FreshnessStory } from '../answers/freshness-chip.tsx';
import { Clock } from '../shell/moment.tsx';
import type { RowOrigin as Origin } from './use-order-list.ts';

export type AskedOrigin = { readonly origin: Origin; readonly number: string; readonly button: HTMLElement };

/** Where this row came from. One popover for all rows, instead of a hundred that are never opened. */
export function RowOrigin({ asked, onClose }: { asked: AskedOrigin; onClose: () => void }) {
  const { origin, number } = asked;
  const trigger = useRef<HTMLElement>(asked.button);
  trigger.current = asked.button;
  return (
    <Popover
      placement="bottom end"
      className="popover"
      triggerRef={trigger}
      isOpen
      onOpenChange={(open) => {
        if (open) return;
        onClose();
        asked.button.focus();
      }}
    >
      <Dialog className="popover-body" aria-label={`Where ${number} came from`}>
        {origin.kind === 'answer' ? <FreshnessStory facts={origin.facts} /> : <ChangeStory origin={origin} />}
      </Dialog>
    </Popover>
  );
}

function ChangeStory({ origin }: { origin: Extract<Origin, { kind: 'change' }> }) {
  return (
    <>
      <p className="story">Announced by the API on commit, after the list was read. The next answer includes it.</p>
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
