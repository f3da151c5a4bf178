import type { RunnerTask, RunnerTestFile } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Gives each file that could not be loaded one failed test. Stryker looks at tests only: a mutant that keeps a module from
 * loading would leave it none, and so count as survived.
 */
export class LoadFailures implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      // What Stryker reads, behind what reporters are given.
      const { task } = module as unknown as { readonly task: RunnerTestFile };
      if (task.result?.state !== 'fail' || task.tasks.length > 0) continue;
      const { id, name, result } = task;
      const failed = { id: `${id}_load`, name: `${name} is loaded`, type: 'test', mode: 'run', file: task, result };
      task.tasks.push(failed as unknown as RunnerTask);
    }
  }
}
