// `npm run build`: the API process and the commands that must start fast, or the given entries.
import { bundle } from './bundle.mjs';

const named = process.argv.slice(2);

if (named.length > 0) await bundle(named);
else {
  await Promise.all([bundle(['src/main.ts']), bundle(['src/cli/cluster.ts', 'src/cli/health.ts'], { packages: true })]);
}
