import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const configurationFile = (flavour: string) => join(root, 'src/servers', flavour, 'local/server.cnf');
const text = await readFile(join(root, 'docker-compose.yml'), 'utf8');

const service = z.object({
  profiles: z.array(z.string()).default([]),
  restart: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const { services } = z.object({ services: z.record(z.string(), service) }).parse(parse(text, { merge: true }));
const nodes = ['source', 'replica-1', 'replica-2', 'backup'];
const members = ['member-1', 'member-2', 'member-3'];
const ofGroup = [...members, 'group-backup', 'group', 'api-group'];
const of = (name: string) => service.parse(services[name]);
/** Not on every machine. */
const compose = await firstThatRuns([['docker', 'compose'], ['docker-compose']]);

describe('the compose file', () => {
  it('runs the cluster of npm start, Redis and the API', () => {
    const plain = Object.keys(services).filter((name) => of(name).profiles.length === 0);
    expect(plain.sort()).toEqual([...nodes, 'api', 'redis', 'replication'].sort());
  });

  it('runs the group only when its profile is asked for', () => {
    const inProfile = Object.keys(services).filter((name) => of(name).profiles.includes('group'));
    expect(inProfile.sort()).toEqual([...ofGroup].sort());
  });

  it('works on jobs in a container of its own when its profile is asked for, and sees whether it can', () => {
    expect(Object.keys(services).filter((name) => of(name).profiles.includes('worker'))).toEqual(['worker']);
    const { command, environment, ports, healthcheck, depends_on: after } = of('worker');
    expect(command).toEqual(['npm', 'run', 'worker', '--ignore-scripts']);
    const { JOBS: worksOnJobs, WORKER_PORT, ...shared } = environment;
    expect(worksOnJobs).toBe('on');
    expect(healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${WORKER_PORT}/readyz`);
    expect(ports).toEqual([]);
    // Whether the API works on them as well is for whoever starts it to say.
    const { JOBS, ...ofApi } = of('api').environment;
    expect(JOBS).toMatch(/JOBS:-on/);
    expect(ofApi).toEqual(shared);
    expect(after).toEqual({ api: { condition: 'service_healthy' }, redis: { condition: 'service_healthy' } });
  });

  it('gives members the settings of members, and brings them together before their API starts', () => {
    for (const [index, name] of members.entries()) {
      const { command, volumes, environment } = of(name);
      // Servers read this one only from the first argument.
      expect(command).toEqual(['--defaults-group-suffix=-member', `--server-id=${index + 1}`, `--report-host=${name}`]);
      expect(volumes.map((volume) => join(root, volume.split(':')[0] ?? ''))).toContain(configurationFile('mysql'));
      expect(environment).toMatchObject({ TIDEMARK_FLAVOUR: 'mysql', TIDEMARK_TOPOLOGY: 'group' });
    }
    expect(of('group').restart).toBeUndefined();
    expect(of('group').entrypoint).toEqual(['bash', '/tidemark/local/containers/group.sh']);
    expect(of('group').environment.TIDEMARK_MEMBERS).toBe(members.map((name) => `${name}:3306`).join(' '));
    expect(Object.keys(of('group').depends_on)).toEqual(members);
    expect(of('api-group').depends_on.group).toEqual({ condition: 'service_completed_successfully' });
    expect(of('api-group').depends_on.replication).toBeUndefined();
  });

  it.each(['mariadb', 'mysql', 'postgresql'] as const)(
    'gives every server the settings of the local cluster: %s',
    (flavour) => {
      for (const name of nodes) {
        const sources = of(name).volumes.map(
          (volume) => volume.replace(/\$\{FLAVOUR:-mariadb\}/, flavour).split(':')[0] ?? '',
        );
        expect(sources.map((source) => join(root, source))).toContain(configurationFile(flavour));
      }
    },
  );

  it('has the statements and scripts that it names', async () => {
    expect(of('replication').entrypoint).toEqual(['bash', '/tidemark/local/containers/follow.sh']);
    expect(of('source').entrypoint).toEqual(['bash', '/tidemark/local/containers/server.sh']);
    const scripts = ['client.sh', 'follow.sh', 'group.sh', 'healthy.sh', 'init.sh', 'server.sh'];
    for (const name of scripts) {
      // A script that is executable would be run by the images; this one is read by them.
      expect((await stat(join(root, 'src/local/containers', name))).mode & 0o111).toBe(0);
    }
  });

  it.each([
    {
      flavour: 'mysql',
      source: ['--server-id=1', '--report-host=source', '--loose-rpl-semi-sync-master-enabled=ON'],
      replica: ['--server-id=2', '--report-host=replica-1', '--read-only=ON', '--loose-rpl-semi-sync-slave-enabled=ON'],
      backup: ['--server-id=1001', '--report-host=backup'],
    },
    {
      flavour: 'postgresql',
      source: ['postgres', '-c', 'cluster_name=source', '-c', 'listen_addresses=*'],
      replica: ['postgres', '-c', 'cluster_name=replica-1', '-c', 'listen_addresses=*'],
      backup: ['postgres', '-c', 'cluster_name=backup', '-c', 'listen_addresses=*'],
    },
  ])('starts each server as what it is by the image of $flavour', async ({ flavour, ...expected }) => {
    const started = await Promise.all(
      ['source', 'replica-1', 'backup'].map((name) => argumentsOf(flavour, of(name).command ?? [])),
    );
    expect(started).toEqual([expected.source, expected.replica, expected.backup]);
  });

  it('gives every server an id of its own', () => {
    const ids = nodes.map((name) => of(name).command?.[1]);
    expect(new Set(ids).size).toBe(nodes.length);
  });

  it('believes a server once the application can query its database over TCP', async () => {
    for (const name of [...nodes, ...members]) {
      expect(of(name).healthcheck?.test).toEqual(['CMD', 'bash', '/tidemark/local/containers/healthy.sh']);
      expect(of(name).volumes).toContain('./src/local/containers:/tidemark/local/containers:ro');
    }
    for (const [flavour, client] of [
      ['mariadb', 'mariadb'],
      ['mysql', 'mysql'],
      ['postgresql', 'psql'],
    ] as const) {
      const said = await run('healthy.sh', flavour, [], [client]);
      expect(said).toContain(`${client} `);
      expect(said).toMatch(/--host=127\.0\.0\.1 .*(--user|--username)=app_account .*orders .*count\(\*\)/i);
    }
  });

  it('opens ports to this machine only', () => {
    const ports = Object.values(services).flatMap((one) => one.ports);
    expect(ports).toHaveLength(nodes.length + 2 + members.length + 2);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('sets replication up once all servers answer, and starts the API after that', () => {
    const { restart, depends_on: after } = of('replication');
    expect(restart).toBeUndefined();
    const healthy = { condition: 'service_healthy' };
    expect(after).toEqual({ source: healthy, 'replica-1': healthy, 'replica-2': healthy });
    expect(of('api').depends_on).toMatchObject({
      replication: { condition: 'service_completed_successfully' },
      backup: healthy,
      redis: healthy,
    });
  });

  it('needs nothing in the environment', () => {
    for (const [variable] of text.matchAll(/(?<!\$)\$\{[^}]*/g)) expect(variable).toContain(':-');
  });

  it.skipIf(compose === null)('is accepted by docker compose', async () => {
    const [program = '', ...args] = compose ?? [];
    for (const FLAVOUR of ['mariadb', 'mysql', 'postgresql']) {
      const env = { ...process.env, FLAVOUR };
      await promisify(execFile)(program, [...args, '-f', 'docker-compose.yml', 'config', '-q'], { cwd: root, env });
    }
  });
});

/** What the image's script is started with. A standby with data in its folder starts at once. */
async function argumentsOf(flavour: string, command: readonly string[]): Promise<string[]> {
  return (await run('server.sh', flavour, command, ['docker-entrypoint.sh'])).trim().split(' ').slice(1);
}

/** Runs a script of the containers with programs that only print their name and arguments. */
async function run(
  script: string,
  flavour: string,
  args: readonly string[],
  programs: readonly string[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-compose-'));
  try {
    for (const program of programs)
      await writeFile(join(folder, program), `#!/bin/sh\necho "${program} $*"\n`, { mode: 0o755 });
    await writeFile(join(folder, 'PG_VERSION'), '17\n');
    // What watches beside the server has nothing to watch here.
    await writeFile(join(folder, 'sleep'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const { stdout } = await promisify(execFile)('bash', [join(root, 'src/local/containers', script), ...args], {
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        PGDATA: folder,
        TIDEMARK_FLAVOUR: flavour,
        TIDEMARK_SOURCE: 'source:1',
        TIDEMARK_REPLICAS: 'replica-1:1 replica-2:1',
        TIDEMARK_APP_USER: 'app_account',
        TIDEMARK_APP_PASSWORD: 'secret',
      },
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function firstThatRuns(commands: readonly string[][]): Promise<string[] | null> {
  for (const command of commands) {
    const [program = '', ...args] = command;
    const { stdout } = await promisify(execFile)(program, [...args, 'version', '--short']).catch(() => ({
      stdout: '',
    }));
    if (Number(stdout.replace('v', '').split('.')[0]) >= 2) return command;
  }
  return null;
}
