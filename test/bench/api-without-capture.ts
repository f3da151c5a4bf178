// The API as it ships, but for one thing: writes do not learn their position. For measuring what learning it costs.
import { createApp } from '../../src/app/create-app.ts';
import { runApi } from '../../src/cli/run-api.ts';

process.exit(await runApi(process.argv.slice(2), (config, log) => createApp(config, log, { learnPositions: false })));
