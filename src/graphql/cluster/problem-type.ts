import { type Problem, problemCodes } from '../../cluster/problem.ts';
import { builder } from '../builder.ts';

const codeType = builder.enumType('ClusterProblemCode', {
  description: 'What can be wrong with the servers.',
  values: problemCodes,
});

export const problemType = builder.objectRef<Problem>('ClusterProblem').implement({
  description: 'Something that is wrong with a server or with how it is set up.',
  fields: (t) => ({
    code: t.expose('code', { type: codeType, description: 'What it is, from a closed list.' }),
    node: t.exposeString('node', {
      nullable: true,
      description: 'Name of the server. Null when it is about all of them.',
    }),
    message: t.exposeString('message', { description: 'What it is and what follows from it, in words.' }),
    variable: t.exposeString('variable', {
      nullable: true,
      description: 'The server’s own name of the setting that shows it. Null when none does.',
    }),
    value: t.exposeString('value', { nullable: true, description: 'What that setting is. Null while unknown.' }),
    cure: t.exposeString('cure', {
      nullable: true,
      description: 'The exact statements or setting that mend it. Null when there is more than one way.',
    }),
  }),
});
