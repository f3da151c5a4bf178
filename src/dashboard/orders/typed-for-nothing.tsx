import { Fragment } from 'react';
import { Button } from 'react-aria-components';
import { useZone } from '../shell/zone.ts';
import { fieldWords, valueInWords } from './editable-words.ts';
import { type Editable, editableFields } from './merge-changes.ts';

type Props = { readonly before: Editable; readonly mine: Editable; readonly onDiscard: () => void };

/** Values typed into an order that has been deleted: they cannot be saved, but they can be copied. */
export function TypedForNothing({ before, mine, onDiscard }: Props) {
  const zone = useZone();
  const typed = editableFields.filter((field) => mine[field] !== before[field]);
  return (
    <section className="edit" aria-labelledby="typed-title">
      <h3 id="typed-title">What you have typed</h3>
      <p className="soft">It was not saved, and cannot be: the order no longer exists.</p>
      <dl className="facts facts-wide">
        {typed.map((field) => (
          <Fragment key={field}>
            <dt>{fieldWords[field]}</dt>
            <dd>{field === 'charge' && mine.charge !== '' ? mine.charge : valueInWords(field, mine[field], zone)}</dd>
          </Fragment>
        ))}
      </dl>
      <div className="actions">
        <Button className="button" onPress={onDiscard}>
          Discard
        </Button>
      </div>
    </section>
  );
}
