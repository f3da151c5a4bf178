import { readFileSync } from 'node:fs';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schemaFile, schemaText } from '../../../codegen.ts';
import { schema } from '../../../src/graphql/schema.ts';

const types = Object.values(schema.getTypeMap()).filter(
  ({ name }) => !name.startsWith('__') && !['String', 'Int', 'Float', 'Boolean', 'ID'].includes(name),
);

type Described = { readonly what: string; readonly text: string | null | undefined };

function* partsOf(type: GraphQLNamedType): Generator<Described> {
  yield { what: type.name, text: type.description };
  if (isEnumType(type)) {
    for (const value of type.getValues()) yield { what: `${type.name}.${value.name}`, text: value.description };
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields()))
      yield { what: `${type.name}.${field.name}`, text: field.description };
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      yield { what: `${type.name}.${field.name}`, text: field.description };
      for (const arg of field.args) yield { what: `${type.name}.${field.name}(${arg.name})`, text: arg.description };
    }
  }
}

function* directiveParts(): Generator<Described> {
  for (const directive of schema.getDirectives().filter((known) => !isSpecifiedDirective(known))) {
    yield { what: `@${directive.name}`, text: directive.description };
    for (const arg of directive.args) yield { what: `@${directive.name}(${arg.name})`, text: arg.description };
  }
}

describe('the schema', () => {
  it('is valid', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('is what schema.graphql says; `npm run codegen` prints it anew', () => {
    expect(readFileSync(schemaFile, 'utf8')).toBe(schemaText());
  });

  it('describes every type, field, argument, value and directive in a sentence', () => {
    const parts = [...types.flatMap((type) => [...partsOf(type)]), ...directiveParts()];
    expect(parts.length).toBeGreaterThan(120);
    const undescribed = parts.filter(({ text }) => text == null || !/^[A-Z`].{8,}[.:`]$/su.test(text.trim()));
    expect(undescribed.map(({ what }) => what)).toEqual([]);
  });

  it('gives every mutation one required input and a union of its payload and errors of one interface', () => {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
    expect(mutations.map(({ name }) => name).sort()).toEqual([
      'cancelJob',
      'createOrder',
      'deleteOrder',
      'discardDeadLetters',
      'recheckOrders',
      'refreshNewOrders',
      'replayDeadLetters',
      'updateOrder',
    ]);
    const refusals = schema.getPossibleTypes(schema.getType('UserError') as never).map(({ name }) => name);
    for (const { name, args, type } of mutations) {
      const stem = `${name[0]?.toUpperCase()}${name.slice(1)}`;
      expect(args.map((arg) => `${arg.name}: ${arg.type}`)).toEqual([`input: ${stem}Input!`]);
      expect(String(type)).toBe(`${stem}Result!`);
      const members = schema.getPossibleTypes(schema.getType(`${stem}Result`) as never).map((member) => member.name);
      const [payload, ...errors] = [
        members.filter((member) => member.endsWith('Payload')),
        ...members.filter((member) => !member.endsWith('Payload')),
      ];
      expect(payload).toEqual([`${stem}Payload`]);
      for (const error of errors) expect(refusals).toContain(error);
    }
  });

  it('has no float anywhere', () => {
    expect(schemaText()).not.toMatch(/\bFloat\b/);
  });
});
