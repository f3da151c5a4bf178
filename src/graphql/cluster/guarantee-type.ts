import { type Guarantee, guarantees, type Holds, type NodeGuarantee } from '../../cluster/guarantees.ts';
import { builder } from '../builder.ts';

const names = Object.keys(guarantees) as Guarantee[];

const nameType = builder.enumType('ClusterGuaranteeName', {
  description: 'Guarantees that a server can give.',
  values: Object.fromEntries(names.map((name) => [name, { description: guarantees[name] }])) as Record<
    Guarantee,
    { description: string }
  >,
});

const answers = {
  YES: { description: 'It holds, and reads rely on it.' },
  NO: { description: 'It does not hold, and nothing relies on it.' },
  UNKNOWN: { description: 'It cannot be determined now, and nothing relies on it.' },
} as const satisfies Record<Holds, { description: string }>;

const holdsType = builder.enumType('GuaranteeHolds', { description: 'Whether it holds.', values: answers });

export const guaranteeType = builder.objectRef<NodeGuarantee>('ClusterGuarantee').implement({
  description: 'A guarantee on one server.',
  fields: (t) => ({
    node: t.exposeString('node', { description: 'Name of the server.' }),
    guarantee: t.expose('guarantee', { type: nameType, description: 'The guarantee, from a closed list.' }),
    holds: t.expose('holds', { type: holdsType, description: 'Whether it holds there now.' }),
    why: t.exposeString('why', { description: 'Reason, as a sentence.' }),
  }),
});
