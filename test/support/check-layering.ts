import { posix } from 'node:path';
import { bannedNames, folderOwners, maxLines, mayImport, packageOwners, patternOwners } from './layering-rules.ts';

/** Text by path, such as `src/routing/router.ts`. Only what is below `src/` is judged. */
export type SourceTree = ReadonlyMap<string, string>;

type Import = { readonly specifier: string; readonly target: string | null };
type File = {
  readonly path: string;
  readonly name: string;
  readonly code: string;
  readonly imports: readonly Import[];
};

/** Every breach of the layering rules, one line each. */
export function layeringBreaches(tree: SourceTree): string[] {
  const files = [...tree].filter(([path]) => path.startsWith('src/')).map(([path, text]) => readFile(path, text));
  const perFile = files.flatMap((file) => [
    ...fileBreaches(file, tree.get(file.path) ?? ''),
    ...file.imports.flatMap((imported) => importBreaches(file, imported)),
  ]);
  return [...perFile, ...cycles(files)];
}

function readFile(path: string, text: string): File {
  const code = withoutComments(text);
  const found = code.matchAll(
    /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  );
  const imports = [...found].map((match): Import => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    const relative = specifier.startsWith('.');
    return { specifier, target: relative ? posix.normalize(posix.join(posix.dirname(path), specifier)) : null };
  });
  return { path, name: path.slice('src/'.length), code, imports };
}

/** Good enough for this code: a `//` inside a string is preceded by a colon, as in a URL. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

/** The row of the table that a path belongs to. */
function layerOf(path: string): string {
  if (path.startsWith('prisma/')) return 'prisma';
  const [first = '', ...rest] = path.replace(/^src\//, '').split('/');
  if (rest.length > 0) return first;
  return first.replace(/\.ts$/, '');
}

function fileBreaches({ path, name, code }: File, text: string): string[] {
  const breaches: string[] = [];
  const layer = layerOf(path);
  if (mayImport[layer] === undefined) breaches.push(`${path}: ${layer} is no folder of the table`);
  const lines = text.split('\n').length;
  if (lines > maxLines + 1) breaches.push(`${path}: ${lines - 1} lines, the ceiling is ${maxLines}`);
  const words = name.replace(/\.tsx?$/, '').split('/');
  if (words.at(-1) === 'index') breaches.push(`${path}: is a barrel`);
  for (const word of words.filter((part) => bannedNames.includes(part)))
    breaches.push(`${path}: "${word}" says nothing`);
  if (layer === 'consistency' && /\bawait\b/.test(code)) breaches.push(`${path}: consistency waits for nothing`);
  for (const { what, pattern, owners } of patternOwners) {
    if (pattern.test(code) && !owns(owners, name)) breaches.push(`${path}: ${what}`);
  }
  return breaches;
}

function importBreaches({ path, name }: File, { specifier, target }: Import): string[] {
  if (target === null) {
    return packageOwners
      .filter(({ packages, owners }) => packages.test(specifier) && !owns(owners, name))
      .map(({ owners }) => `${path}: imports ${specifier}, which belongs to ${owners.join(' and ')}`);
  }
  const kept = folderOwners
    .filter(({ folders, owners }) => folders.test(target) && !folders.test(path) && !owns(owners, name))
    .map(({ owners }) => `${path}: imports ${target}, which belongs to ${owners.join(' and ')}`);
  if (kept.length > 0) return kept;
  const from = layerOf(path);
  const to = layerOf(target);
  const inside = target.startsWith('src/') || target.startsWith('prisma/');
  if (!inside) return [`${path}: imports ${target}, which is no part of the program`];
  const allowed = mayImport[from] ?? [];
  if (to === from || allowed.includes(to)) return [];
  if (to === 'errors' && from !== 'client' && from !== 'dashboard') return [];
  return allowed.includes('*') && to !== 'main' ? [] : [`${path}: ${from} must not import ${to} (${target})`];
}

function owns(owners: readonly string[], name: string): boolean {
  return owners.some((owner) => name === owner || name.startsWith(`${owner}/`));
}

/** Groups of files that import each other, types counted, each named once. */
function cycles(files: readonly File[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push([...trail.slice(start), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (target !== null && byPath.has(target)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found.map((cycle) => `cycle: ${cycle}`);
}
