import { type Exchange, mapExchange } from 'urql';

/** Sends the token of the last answer with the next operation. */
export function tokenExchange(): Exchange {
  let token: string | null = null;
  return mapExchange({
    onOperation(operation) {
      if (token === null) return operation;
      const given = operation.context.fetchOptions;
      const options = typeof given === 'function' ? given() : given;
      const fetchOptions = { ...options, headers: { ...options?.headers, 'x-consistency-token': token } };
      return { ...operation, context: { ...operation.context, fetchOptions } };
    },
    onResult(result) {
      const said: unknown = result.extensions?.consistency?.token;
      if (typeof said === 'string') token = said;
      return result;
    },
  });
}
