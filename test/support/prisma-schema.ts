/** As much of a Prisma schema for MySQL as says what its tables must look like. */
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

const bareTypes: Readonly<Record<string, string>> = {
  Int: 'int',
  BigInt: 'bigint',
  String: 'varchar(191)',
  Boolean: 'tinyint(1)',
};
const nativeTypes: Readonly<Record<string, string>> = {
  UnsignedBigInt: 'bigint unsigned',
  UnsignedInt: 'int unsigned',
  UnsignedSmallInt: 'smallint unsigned',
};

export function expectedTables(schema: string): ExpectedTable[] {
  const text = schema.replace(/\/\/.*$/gm, '');
  const blocks = [...text.matchAll(/^(model|enum)\s+(\w+)\s*\{([^}]*)\}/gm)].map(([, kind, name = '', body = '']) => ({
    kind,
    name,
    lines: body
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  }));
  const enums = new Map(blocks.filter(({ kind }) => kind === 'enum').map(({ name, lines }) => [name, lines]));
  return blocks.filter(({ kind }) => kind === 'model').map(({ name, lines }) => tableOf(name, lines, enums));
}

function tableOf(
  model: string,
  lines: readonly string[],
  enums: ReadonlyMap<string, readonly string[]>,
): ExpectedTable {
  const fields = lines
    .filter((line) => !line.startsWith('@@'))
    .map((line) => /^(\w+)\s+(\w+)(\[\]|\?)?\s*(.*)$/.exec(line) ?? []);
  const scalars = fields.filter(
    ([, , type = '']) => type in bareTypes || enums.has(type) || /^(Decimal|DateTime)$/.test(type),
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
      type: typeOf(type, attributes, enums),
      nullable: suffix === '?',
      default: defaultOf(attributes),
      autoIncrement: attributes.includes('@default(autoincrement())'),
    })),
    indexes,
    foreignKeys: [...lines.join('\n').matchAll(/@relation\(fields:.*map: "(\w+)"\)/g)].map(([, name = '']) => name),
  };
}

function typeOf(type: string, attributes: string, enums: ReadonlyMap<string, readonly string[]>): string {
  const values = enums.get(type);
  if (values !== undefined) return `enum(${values.map((value) => `'${value}'`).join(',')})`;
  const [, native, size = ''] = /@db\.(\w+)(\([^)]*\))?/.exec(attributes) ?? [];
  if (native === undefined) return bareTypes[type] ?? type;
  return nativeTypes[native] ?? `${native.toLowerCase()}${size.replaceAll(' ', '')}`;
}

function defaultOf(attributes: string): string | null {
  const given = /@default\((\w+(?:\(\))?)\)/.exec(attributes)?.[1] ?? null;
  if (given === 'autoincrement()') return null;
  return given === 'now()' ? 'current_timestamp(3)' : given;
}
