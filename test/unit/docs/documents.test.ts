import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { routeReasons } from '../../../src/routing/route-decision.ts';
import { documents, read } from './documents.ts';

type Manifest = { readonly scripts: Readonly<Record<string, string>> };
const { scripts } = JSON.parse(read('package.json')) as Manifest;
const at = (path: string) => new URL(`../../../${path}`, import.meta.url);

/** The anchors of a document, as GitHub makes them of its headings. */
const anchorsOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );

const withoutCode = (text: string): string => text.replaceAll(/```.*?```/gs, '').replaceAll(/`[^`\n]*`/g, '');
const found = (pattern: RegExp, text: string): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, one = '']) => one)),
];

it('README is short enough to be read', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(200);
});

it('README leads to every document of docs/', () => {
  const led = found(/\]\((docs\/[^)#]+)/g, read('README.md'));
  const missing = documents.filter((path) => /^docs\/[^/]+$/.test(path) && !led.includes(path));
  expect(missing).toEqual([]);
});

it('the list of decisions leads to every decision', () => {
  const decisions = documents.filter((path) => /^docs\/decisions\/\d/.test(path)).map((path) => posix.basename(path));
  expect(decisions.length).toBeGreaterThanOrEqual(10);
  expect(found(/\]\((\d[^)]+)\)/g, read('docs/decisions/README.md'))).toEqual(decisions.sort());
});

describe.each(documents)('%s', (path) => {
  const text = read(path);

  it('links to files and headings that are there', () => {
    const broken = found(/\]\(([^)\s]+)\)/g, withoutCode(text)).filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(at(target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names files that are there', () => {
    const named = found(/`((?:src|test|prisma|docs|findings|\.ci)\/[\w./-]*)`/g, text);
    // Others are made: tests leave them behind, or a name stands for all of its kind.
    expect(named.filter((name) => !existsSync(at(name)))).toEqual([]);
  });

  it('runs scripts that package.json has', () => {
    const named = found(/npm run (?:-s )?([\w:-]+)/g, text);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('the documents', () => {
  const sources = readdirSync(at('src/'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => read(`src/${name}`))
    .join('\n');
  const variables = new Set(found(/^#?([A-Z][A-Z\d_]+)=/gm, read('.env.example')));
  const inDocs = documents.filter((path) => path.startsWith('docs/') || path === 'README.md').map(read);

  it('name only variables, codes and events that the program knows', () => {
    // What servers, libraries and others call theirs.
    const ofOthers = new Set(['MASTER_GTID_WAIT', 'MASTER_DELAY', 'MASTER_SSL', 'SOURCE_SSL', 'UND_ERR_SOCKET']);
    const named = found(/`([A-Z][A-Z\d]*_[A-Z\d_]*[A-Z\d])(?:=[^`]*)?`/g, inDocs.join('\n'));
    expect(named.length).toBeGreaterThan(40);
    const unknown = named.filter((name) => !variables.has(name) && !ofOthers.has(name) && !sources.includes(name));
    expect(unknown).toEqual([]);
  });

  it('explain each reason for which a server is chosen', () => {
    const consistency = read('docs/consistency.md');
    for (const reason of Object.keys(routeReasons)) expect(consistency).toContain(`| \`${reason}\` |`);
    const explained = found(/^\| [^|]+ \| `([a-z-]+)` \|/gm, read('docs/wrong-server.md'));
    expect(explained.length).toBeGreaterThan(8);
    expect(explained.filter((reason) => !Object.hasOwn(routeReasons, reason))).toEqual([]);
  });
});
