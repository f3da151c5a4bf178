/** As much of a Prisma schema, for MySQL or PostgreSQL, as says what its tables must look like. */
export type ExpectedColumn = {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly autoIncrement: boolean;
};
export type ExpectedIndex = { readonly name: string; readonly unique: boolean; readonly columns: readonly string[] };
export type ExpectedTable = {
  readonly name: string;
  readonly columns: readonly ExpectedColumn[];
  readonly indexes: readonly ExpectedIndex[];
  readonly foreignKeys: readonly string[];
};

type Types = Readonly<Record<string, string>>;
type Language = {
  readonly bare: Types;
  readonly native: Types;
  /** The type of a column of an enum. */
  readonly enumType: (name: string, values: readonly string[]) => string;
  readonly now: string;
};

const mysql: Language = {
  bare: { Int: 'int', BigInt: 'bigint', String: 'varchar(191)', Boolean: 'tinyint(1)' },
  native: { UnsignedBigInt: 'bigint unsigned', UnsignedInt: 'int unsigned', UnsignedSmallInt: 'smallint unsigned' },
  enumType: (_, values) => `enum(${values.map((value) => `'${value}'`).join(',')})`,
  now: 'current_timestamp(3)',
};
const postgresql: Language = {
  bare: { Int: 'integer', BigInt: 'bigint', String: 'text', Boolean: 'boolean' },
  native: { VarChar: 'character varying', Decimal: 'numeric' },
  enumType: (name, values) => `${name} enum(${values.map((value) => `'${value}'`).join(',')})`,
  now: 'current_timestamp',
};

export function expectedTables(schema: string): ExpectedTable[] {
  const text = schema.replace(/\/\/.*$/gm, '');
  const language = text.includes('provider = "postgresql"') ? postgresql : mysql;
  const blocks = [...text.matchAll(/^(model|enum)\s+(\w+)\s*\{([^}]*)\}/gm)].map(([, kind, name = '', body = '']) => ({
    kind,
    name,
    lines: body
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  }));
  const enums = new Map(
    blocks
      .filter(({ kind }) => kind === 'enum')
      .map(({ name, lines }) => {
        const mapped = /^@@map\("(\w+)"\)/m.exec(lines.join('\n'))?.[1] ?? name;
        return [
          name,
          language.enumType(
            mapped,
            lines.filter((line) => !line.startsWith('@@')),
          ),
        ] as const;
      }),
  );
  return blocks.filter(({ kind }) => kind === 'model').map(({ name, lines }) => tableOf(name, lines, enums, language));
}

function tableOf(
  model: string,
  lines: readonly string[],
  enums: ReadonlyMap<string, string>,
  language: Language,
): ExpectedTable {
  const fields = lines
    .filter((line) => !line.startsWith('@@'))
    .map((line) => /^(\w+)\s+(\w+)(\[\]|\?)?\s*(.*)$/.exec(line) ?? []);
  const scalars = fields.filter(
    ([, , type = '']) => type in language.bare || enums.has(type) || /^(Decimal|DateTime)$/.test(type),
  );
  const column = (field = '') => {
    const attributes = scalars.find(([, name]) => name === field)?.[4] ?? '';
    return /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? field;
  };
  const list = (given = '') => given.split(',').map((field) => column(field.trim()));
  const indexes: ExpectedIndex[] = [];
  for (const [, field, , , attributes = ''] of scalars) {
    if (/@id\b/.test(attributes)) indexes.push({ name: 'PRIMARY', unique: true, columns: [column(field)] });
    const unique = /@unique\(map: "(\w+)"\)/.exec(attributes)?.[1];
    if (unique !== undefined) indexes.push({ name: unique, unique: true, columns: [column(field)] });
  }
  for (const line of lines) {
    const [, kind, given, name = 'PRIMARY'] =
      /^@@(id|unique|index)\(\[([^\]]*)\](?:, map: "(\w+)")?\)/.exec(line) ?? [];
    if (kind !== undefined) indexes.push({ name, unique: kind !== 'index', columns: list(given) });
  }
  return {
    name: /^@@map\("(\w+)"\)/m.exec(lines.join('\n'))?.[1] ?? model,
    columns: scalars.map(([, name, type = '', suffix, attributes = '']) => ({
      name: column(name),
      type: typeOf(type, attributes, enums, language),
      nullable: suffix === '?',
      default: defaultOf(attributes, language),
      autoIncrement: attributes.includes('@default(autoincrement())'),
    })),
    indexes,
    foreignKeys: [...lines.join('\n').matchAll(/@relation\(fields:.*map: "(\w+)"\)/g)].map(([, name = '']) => name),
  };
}

function typeOf(
  type: string,
  attributes: string,
  enums: ReadonlyMap<string, string>,
  { bare, native: named }: Language,
): string {
  const enumType = enums.get(type);
  if (enumType !== undefined) return enumType;
  const [, native, size = ''] = /@db\.(\w+)(\([^)]*\))?/.exec(attributes) ?? [];
  if (native === undefined) return bare[type] ?? type;
  if (native === 'Timestamptz') return `timestamp${size} with time zone`;
  const name = named[native] ?? native.toLowerCase();
  return name.includes('unsigned') ? name : `${name}${size.replaceAll(' ', '')}`;
}

function defaultOf(attributes: string, { now }: Language): string | null {
  const given = /@default\((\w+(?:\(\))?)\)/.exec(attributes)?.[1] ?? null;
  if (given === 'autoincrement()') return null;
  return given === 'now()' ? now : given;
}
