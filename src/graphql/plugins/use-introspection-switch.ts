import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** With introspection off the schema cannot be asked for, nor guessed from "Did you mean" hints. */
export function useIntrospectionSwitch(allowed: boolean): Plugin {
  if (allowed) return {};
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      return ({ valid, result }) => {
        if (!valid) for (const error of result) error.message = error.message.replace(/ Did you mean .*$/s, '');
      };
    },
  };
}
