/**
 * Token in, one database session per operation, token out.
 *
 *   tokens (header, directive, cookie, cursors) --verified, judged by epoch, merged--> session
 *   level, when-behind, bounds (directive before header before default)            --> requirement
 *   query: a node is chosen before the first field is resolved; mutation: the source
 *   after the data: the session advances by what was seen, and goes out as header, extension and, if it advanced, cookie
 *
 * Common operations may be answered from the cache: then no node is chosen, and what is shown counts as seen.
 */
import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { factsOf } from '../request-facts.ts';
import { answerOperation } from './answer-operation.ts';
import { cookieNamesFor, writeSession } from './consistency-output.ts';
import { ExecutedAnswers } from './executed-answers.ts';
import type { Execute, OperationOptions } from './operation.ts';

export type ConsistencyOptions = OperationOptions & {
  readonly cookieMaxAgeS: number;
  /** The identity of the cluster, taken from its servers; `null` until known. */
  readonly identity: () => string | null;
};

export function useConsistency(options: ConsistencyOptions): Plugin {
  const { clusterId, identity, cookieMaxAgeS } = options;
  let names = { of: null as string | null, names: cookieNamesFor(clusterId, null) };
  const cookieNames = () => {
    const of = identity();
    if (of !== names.of) names = { of, names: cookieNamesFor(clusterId, of) };
    return names.names;
  };
  const executed = new ExecutedAnswers();
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = getOperationAST(args.document, args.operationName);
      if (operation == null) return;
      const execute = executeFn as Execute;
      setExecuteFn((given: ExecutionArgs) =>
        answerOperation({ options, executed, cookieNames: cookieNames(), execute }, given, operation),
      );
    },
    onResponse({ request, response }) {
      const { output } = factsOf(request);
      if (output === null) return;
      writeSession(request, response.headers, output, { cookieName: cookieNames().own, cookieMaxAgeS });
    },
  };
}
