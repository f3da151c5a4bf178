// `npm run build`: the API process and the commands that must not take long, or the entries that are named.
import { bundle } from './bundle.mjs';

const usual = ['src/main.ts', 'src/cli/cluster.ts', 'src/cli/health.ts'];

await bundle(process.argv.length > 2 ? process.argv.slice(2) : usual);
