import { createActivities } from './activities/index.ts';
import { appOf } from './app.ts';
import { readSettings } from './config.ts';
import { registerActivities, registerWorkflow } from './durable/register.ts';
import { registerRoutes } from './functions/index.ts';
import { connect } from './workflows/connect.ts';

// The composition root: the only file with side effects, and the only reader of the environment.
const app = appOf(readSettings(process.env));

registerActivities(createActivities(app.ports, app.policy));
registerWorkflow('connect', connect);
registerRoutes(app.handlers, app.access);
