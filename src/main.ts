import { join } from 'node:path';
import { appOf, registerApp } from './app.ts';
import { readSettings } from './config.ts';

// The composition root: the only file with side effects, and the only reader of the environment.
registerApp(appOf(readSettings(process.env), { consoleFolder: join(import.meta.dirname, 'console') }));
