/** The filter as it stands in the address; an empty field matches all. */
import type { RoutingFilter } from './routing-documents.ts';

export const levels: readonly string[] = ['EVENTUAL', 'BOUNDED', 'SESSION', 'STRONG'];
export const filterNames = ['node', 'role', 'reason', 'level', 'kind', 'name', 'outcome', 'waited'] as const;
export type FilterName = (typeof filterNames)[number];
export type FilterChoice = Readonly<Record<FilterName, string>>;

export function choiceIn(search: string): FilterChoice {
  const said = new URLSearchParams(search);
  const choice = Object.fromEntries(filterNames.map((name) => [name, said.get(name) ?? '']));
  return choice as Record<FilterName, string>;
}

/** With a leading question mark, or empty. */
export function searchOf(choice: FilterChoice): string {
  const chosen = filterNames.filter((name) => choice[name] !== '').map((name) => [name, choice[name]]);
  return chosen.length === 0 ? '' : `?${new URLSearchParams(chosen)}`;
}

export function filterOf({ node, role, reason, level, kind, name, outcome, waited }: FilterChoice): RoutingFilter {
  const minWaitedMs = Number.parseInt(waited, 10);
  return {
    ...(node !== '' && { node }),
    ...(['SOURCE', 'REPLICA', 'BACKUP'].includes(role) && { role }),
    ...(reason !== '' && { reasons: [reason] }),
    ...(levels.includes(level) && { level }),
    ...(['QUERY', 'MUTATION'].includes(kind) && { kind }),
    ...(name !== '' && { name }),
    ...(outcome === 'failed' && { failed: true }),
    ...(outcome === 'answered' && { failed: false }),
    ...(minWaitedMs > 0 && { minWaitedMs }),
  };
}
