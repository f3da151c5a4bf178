import { createApp } from './app/create-app.ts';
import { runApi } from './cli/run-api.ts';

process.exit(await runApi(process.argv.slice(2), createApp));
