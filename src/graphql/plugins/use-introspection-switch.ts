import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** With introspection off the schema cannot be asked for. `use-bounded-errors.ts` leaves out hints at it. */
export function useIntrospectionSwitch(allowed: boolean): Plugin {
  if (allowed) return {};
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}
