import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useZone } from '../shell/zone.ts';
import { fieldWords, valueInWords } from './editable-words.ts';
import {
  changeBetween,
  conflictsBetween,
  type Editable,
  type EditableField,
  editableOf,
  merged,
  type Side,
} from './merge-changes.ts';
import type { OrderRow } from './order-documents.ts';

type Props = {
  /** The version that the edit was based on. */
  readonly before: OrderRow;
  readonly mine: Editable;
  readonly current: OrderRow;
  readonly busy: boolean;
  readonly onSave: (merged: Editable) => void;
  readonly onTakeTheirs: () => void;
};

/** Another user changed the order first: both versions side by side, to choose from field by field. */
export function ConflictResolution({ before, mine, current, busy, onSave, onTakeTheirs }: Props) {
  const [chosen, setChosen] = useState<Readonly<Partial<Record<EditableField, Side>>>>({});
  const zone = useZone();
  const theirs = editableOf(current);
  const conflicts = conflictsBetween(editableOf(before), mine, theirs);
  const result = merged(conflicts, chosen);
  const nothingLeft = changeBetween(theirs, result) === null;
  return (
    <section className="conflict" aria-labelledby="conflict-title">
      <h3 id="conflict-title">Someone else changed this order first</h3>
      <p className="soft">
        You saw version {before.version}; the current one is version {current.version}. Choose which value to keep.
      </p>
      <table className="versions">
        <thead>
          <tr>
            <td />
            <th scope="col">You saw (version {before.version})</th>
            <th scope="col">Yours</th>
            <th scope="col">Current (version {current.version})</th>
          </tr>
        </thead>
        <tbody>
          {conflicts.map(({ field, before: seen, mine: my, theirs: their, open, proposed }) => (
            <tr key={field} data-open={open || undefined}>
              <th scope="row">{fieldWords[field]}</th>
              <td>{valueInWords(field, seen, zone)}</td>
              {my === their ? (
                <td colSpan={2}>{valueInWords(field, my, zone)}</td>
              ) : (
                (['mine', 'theirs'] as const).map((side) => (
                  <td key={side}>
                    <label className="choice">
                      <input
                        type="radio"
                        name={`conflict-${field}`}
                        checked={(chosen[field] ?? proposed) === side}
                        onChange={() => setChosen({ ...chosen, [field]: side })}
                      />
                      <span className="unseen">
                        {fieldWords[field]} {side === 'mine' ? 'yours' : 'current'}:{' '}
                      </span>
                      {valueInWords(field, side === 'mine' ? my : their, zone)}
                    </label>
                  </td>
                ))
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="actions">
        <Button className="button button-main" isDisabled={busy || nothingLeft} onPress={() => onSave(result)}>
          Save as version {current.version + 1}
        </Button>
        <Button className="button" isDisabled={busy} onPress={onTakeTheirs}>
          Keep the current version
        </Button>
        {nothingLeft && <span className="soft">This is already the current version.</span>}
      </div>
    </section>
  );
}
