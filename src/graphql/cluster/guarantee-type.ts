import { type Guarantee, guarantees, type Holds, type NodeGuarantee } from '../../cluster/guarantees.ts';
import { builder } from '../builder.ts';

const names = Object.keys(guarantees) as Guarantee[];

const nameType = builder.enumType('ClusterGuaranteeName', {
  description: 'What is promised on a server.',
  values: Object.fromEntries(names.map((name) => [name, { description: guarantees[name] }])) as Record<
    Guarantee,
    { description: string }
  >,
});

const answers = {
  YES: { description: 'It holds, and reads rely on it.' },
  NO: { description: 'It does not hold, and nothing relies on it.' },
  UNKNOWN: { description: 'Nobody can tell now, and nothing relies on it.' },
} as const satisfies Record<Holds, { description: string }>;

const holdsType = builder.enumType('GuaranteeHolds', { description: 'Whether it holds.', values: answers });

export const guaranteeType = builder.objectRef<NodeGuarantee>('ClusterGuarantee').implement({
  description: 'Something that is promised, on one server.',
  fields: (t) => ({
    node: t.exposeString('node', { description: 'Name of the server.' }),
    guarantee: t.expose('guarantee', { type: nameType, description: 'What is promised, from a closed list.' }),
    holds: t.expose('holds', { type: holdsType, description: 'Whether it holds there now.' }),
    why: t.exposeString('why', { description: 'Why, in a sentence.' }),
  }),
});
