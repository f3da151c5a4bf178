import { type Problem, problemCodes } from '../../cluster/problem.ts';
import { builder } from '../builder.ts';

const codeType = builder.enumType('ClusterProblemCode', {
  description: 'Kinds of problems.',
  values: problemCodes,
});

export const problemType = builder.objectRef<Problem>('ClusterProblem').implement({
  description: 'A problem of a server or its configuration.',
  fields: (t) => ({
    code: t.expose('code', { type: codeType, description: 'The problem, from a closed list.' }),
    node: t.exposeString('node', {
      nullable: true,
      description: 'Name of the server. Null if it concerns all of them.',
    }),
    message: t.exposeString('message', { description: 'The problem and its consequence, as text.' }),
    variable: t.exposeString('variable', {
      nullable: true,
      description: 'The server’s name of the setting concerned. Null if there is none.',
    }),
    value: t.exposeString('value', { nullable: true, description: 'Value of that setting. Null if unknown.' }),
    cure: t.exposeString('cure', {
      nullable: true,
      description: 'The exact statements or setting that fix it. Null if there is more than one way.',
    }),
  }),
});
