import type { Route } from '../../src/routing/route-decision.ts';
import type { RoutedRead } from '../../src/routing/route-request.ts';
import { Router } from '../../src/routing/router.ts';
import { type ScriptedCluster, startScriptedCluster } from './scripted-cluster.ts';

/** A router over servers that do what a test tells them to. */
export type World = ScriptedCluster & { router: Router; read(request?: Partial<RoutedRead>): Promise<Route> };

const running: ScriptedCluster[] = [];

/** For `afterEach`. */
export async function stopWorlds(): Promise<void> {
  for (const scripted of running.splice(0)) await scripted.cluster.stop();
}

/** `read` lets as much time go by as its default wait takes. */
export async function startWorld(
  nodes: Parameters<typeof startScriptedCluster>[0] = undefined,
  sourceReadsLimit = 64,
  minServingReplicas = 0,
): Promise<World> {
  const scripted = await startScriptedCluster(nodes, { minServingReplicas });
  running.push(scripted);
  const { cluster, clock } = scripted;
  const router = new Router({ cluster, clock, random: () => 0.999, sourceReadsLimit, health: { minServingReplicas } });
  const read = async (given: Partial<RoutedRead> = {}) => {
    const asked = { level: 'SESSION', maxStalenessMs: null, whenBehind: 'WAIT', waitMs: 50 } as const;
    const request = { ...asked, position: null, sourceOnly: null, observes: false, backupAllowed: false } as const;
    const route = router.routeRead({ ...request, excluded: new Set(), ...given });
    route.catch(() => undefined);
    await clock.tick(60);
    return route;
  };
  return { ...scripted, router, read };
}

/** These servers crash, and the cluster has seen it. */
export async function lose(world: World, ...names: string[]): Promise<void> {
  for (const name of names) world.probe(name).crash();
  await world.clock.tick(1000);
}

/** Where a read ends up, as `node reason` or the code of its error. */
export async function outcome(route: Promise<Route>): Promise<string> {
  try {
    const { decision } = await route;
    return `${decision.node} ${decision.reason}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `broke: ${error}`;
  }
}
