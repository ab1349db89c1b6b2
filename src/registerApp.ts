import { createActivities } from './activities/index.ts';
import type { App } from './app.ts';
import { registerActivities, registerWorkflow } from './durable/register.ts';
import { registerRoutes, registerTriggers } from './functions/index.ts';
import { connect } from './workflows/connect.ts';
import { disconnect } from './workflows/disconnect.ts';
import { sync } from './workflows/sync.ts';

/** Everything the Functions host finds in the app. Names of workflows stand in the history of running instances. */
export function registerApp(app: App): void {
  registerActivities(createActivities(app.ports, app.policy));
  registerWorkflow('connect', connect);
  registerWorkflow('disconnect', disconnect);
  registerWorkflow('sync', sync);
  registerRoutes(app.handlers, app.access);
  registerTriggers(app.triggers);
}
