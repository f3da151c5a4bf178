import type { ConfigFault } from './config-fault.ts';
import type { Environment } from './environment.ts';
import type { Variable } from './variable.ts';

/**
 * A part of the configuration: its variables, under the names that the program uses, and the values made from them. A
 * new variable is one entry of its part, and one line of `.env.example` and of the table in docs/configuration.md.
 */
export type Part<Result> = {
  readonly title: string;
  readonly variables: readonly Variable<unknown>[];
  /** `environment` without blank values. */
  read(environment: Environment, facts: Facts): Read<Result>;
  /** Its values in a printable form: no password, no key. */
  describe(result: Result): unknown;
};

/** What parts may depend on besides their own variables. */
export type Facts = {
  readonly environment: 'development' | 'production' | 'test';
  readonly clusterId: string;
  /** Whether the servers are those of a local cluster. */
  readonly isLocal: boolean;
  readonly makeSecret: () => string;
};

export type Read<Value> =
  | { readonly value: Value; readonly warnings: readonly string[] }
  | { readonly faults: readonly ConfigFault[] };

export type ResultOf<Given> = Given extends Part<infer Result> ? Result : never;

/** Variables, grouped as in the program. */
type VariableTree = { readonly [key: string]: Variable<unknown> | VariableTree };
type ValuesOf<Tree> = {
  readonly [Key in keyof Tree]: Tree[Key] extends Variable<infer Value> ? Value : ValuesOf<Tree[Key]>;
};

type Rules<Values, Result> = {
  /** Makes the part's value. Default: its values unchanged. */
  readonly complete: (values: Values, facts: Facts) => Result;
  /** Faults of values that are valid one by one. */
  readonly check?: (values: Values, facts: Facts) => readonly ConfigFault[];
  readonly warn?: (values: Values, facts: Facts) => readonly string[];
  readonly describe?: (result: Result) => unknown;
};

export function part<const Tree extends VariableTree>(title: string, tree: Tree): Part<ValuesOf<Tree>>;
export function part<const Tree extends VariableTree, Result>(
  title: string,
  tree: Tree,
  rules: Rules<ValuesOf<Tree>, Result>,
): Part<Result>;
export function part<const Tree extends VariableTree>(
  title: string,
  tree: Tree,
  rules: Rules<ValuesOf<Tree>, unknown> = { complete: (values) => values },
): Part<unknown> {
  return {
    title,
    variables: variablesIn(tree),
    read: (environment, facts) => {
      const { values, faults } = readValues(tree, environment);
      const all = faults.length > 0 ? faults : (rules.check?.(values, facts) ?? []);
      if (all.length > 0) return { faults: all };
      return { value: rules.complete(values, facts), warnings: rules.warn?.(values, facts) ?? [] };
    },
    describe: rules.describe ?? ((result) => result),
  };
}

function variablesIn(tree: VariableTree): Variable<unknown>[] {
  return Object.values(tree).flatMap((node) => (isVariable(node) ? [node] : variablesIn(node)));
}

function isVariable(node: Variable<unknown> | VariableTree): node is Variable<unknown> {
  return typeof node.name === 'string';
}

/** Values with faults are left out. */
function readValues<Tree extends VariableTree>(
  tree: Tree,
  environment: Environment,
): { values: ValuesOf<Tree>; faults: ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const valuesOf = (group: VariableTree): object =>
    Object.fromEntries(
      Object.entries(group).map(([key, node]) => {
        if (!isVariable(node)) return [key, valuesOf(node)];
        const read = readVariable(node, environment);
        if ('value' in read) return [key, read.value];
        faults.push(...read.faults);
        return [key, undefined];
      }),
    );
  // Entry by entry as the type says, which no mapped type can express.
  return { values: valuesOf(tree) as ValuesOf<Tree>, faults };
}

export function readVariable<Value>(
  { name, value, default: otherwise }: Variable<Value>,
  environment: Environment,
): Read<Value | null> {
  const text = environment[name] ?? otherwise;
  if (text === null) return { value: null, warnings: [] };
  const parsed = value.safeParse(text);
  if (parsed.success) return { value: parsed.data, warnings: [] };
  return { faults: parsed.error.issues.map(({ message }) => ({ name, fault: message })) };
}
