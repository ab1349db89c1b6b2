import { Faults } from '../kernel/faults.ts';
import { startSimulator } from '../kernel/simulator.ts';
import { Traffic } from '../kernel/traffic.ts';
import type { Controlled } from './action.ts';
import { controlRoutes } from './routes.ts';

/** The control API is no simulator: what it is asked is not part of the traffic, and nothing is kept of it. */
class NoTraffic extends Traffic {
  override record(): void {
    // Its responses may be as big as the whole world.
  }
}

export interface Control {
  /** `http://localhost:PORT` */
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** Starts the API by which tests and people seed the sandbox, meddle with it and read back what was asked. */
export async function startControl(options: Controlled & { readonly port?: number }): Promise<Control> {
  return startSimulator({
    service: 'control',
    operations: controlRoutes(options),
    clock: options.clock,
    faults: new Faults(),
    traffic: new NoTraffic(),
    ...(options.port !== undefined && { port: options.port }),
    unknown: () => ({
      status: 404,
      body: { error: 'There is no such route; GET /actions lists the actions.' },
    }),
  });
}
