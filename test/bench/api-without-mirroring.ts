// The API as it ships, but for one thing: writes tell the outbox nothing. For measuring what telling it costs.
import { createApp } from '../../src/app/create-app.ts';
import { runApi } from '../../src/cli/run-api.ts';

process.exit(await runApi(process.argv.slice(2), (config, log) => createApp(config, log, { mirroring: false })));
