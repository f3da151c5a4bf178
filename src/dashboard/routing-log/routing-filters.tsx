import { useId } from 'react';
import { Button } from 'react-aria-components';
import { knownReasons, reasonInShort } from '../answers/reason-words.ts';
import { useClusterNow } from '../shell/use-cluster-now.ts';
import { type FilterChoice, type FilterName, levels, searchOf } from './routing-filter.ts';

type Choice = readonly [value: string, words: string];
type Props = {
  readonly choice: FilterChoice;
  readonly onChoose: (name: FilterName, value: string) => void;
  readonly onClear: () => void;
};

const roles: readonly Choice[] = [
  ['SOURCE', 'source'],
  ['REPLICA', 'replica'],
  ['BACKUP', 'backup'],
];
const levelChoices = levels.map((one): Choice => [one, one.toLowerCase()]);
const kinds: readonly Choice[] = [
  ['QUERY', 'reads'],
  ['MUTATION', 'writes'],
];
const outcomes: readonly Choice[] = [
  ['answered', 'answered'],
  ['failed', 'with an error'],
];
const waits: readonly Choice[] = [
  ['1', '1 ms or more'],
  ['10', '10 ms or more'],
  ['50', '50 ms or more'],
  ['500', '500 ms or more'],
];

/** Chooses the operations shown. */
export function RoutingFilters({ choice, onChoose, onClear }: Props) {
  const { cluster } = useClusterNow();
  const nodes = (cluster?.nodes ?? []).map(({ name }): Choice => [name, name]);
  const reasons = knownReasons.map((reason): Choice => [reason, reasonInShort(reason)]);
  const pick = (name: FilterName, label: string, choices: readonly Choice[]) => (
    <Pick label={label} choices={choices} value={choice[name]} onChange={(value) => onChoose(name, value)} />
  );
  return (
    <search className="routing-filters" aria-label="Which operations">
      <NameField value={choice.name} onChange={(value) => onChoose('name', value)} />
      {pick('kind', 'Kind', kinds)}
      {pick('node', 'Server', nodes)}
      {pick('role', 'Role', roles)}
      {pick('reason', 'Reason', reasons)}
      {pick('level', 'Level', levelChoices)}
      {pick('waited', 'Waited', waits)}
      {pick('outcome', 'Outcome', outcomes)}
      <Button className="button" isDisabled={searchOf(choice) === ''} onPress={onClear}>
        Clear filters
      </Button>
    </search>
  );
}

function NameField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Operation</label>
      <input id={id} type="search" value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}

type PickProps = {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: string;
  readonly onChange: (value: string) => void;
};

function Pick({ label, choices, value, onChange }: PickProps) {
  const id = useId();
  // A value from the address stays in the list even if it matches nothing known.
  const shown =
    value === '' || choices.some(([one]) => one === value) ? choices : [...choices, [value, value] as const];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">any</option>
        {shown.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
