// The API as it ships, but for one thing: a commit whose answer is lost stays unknown. For measuring what
// settling it costs.
import { createApp } from '../../src/app/create-app.ts';
import { runApi } from '../../src/cli/run-api.ts';

process.exit(await runApi(process.argv.slice(2), (config, log) => createApp(config, log, { proveCommits: false })));
