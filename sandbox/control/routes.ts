import { z } from 'zod';
import { faultOrderSchema } from '../kernel/faults.ts';
import type { Call, Operation, Reply } from '../kernel/operation.ts';
import type { Controlled } from './action.ts';
import { actions } from './actions/index.ts';
import { advance, advanceSchema, NotPossible, showClock } from './clock.ts';
import { redacted } from './redaction.ts';
import { plant, seedSchema } from './seed.ts';
import { counted, selected, trafficQuerySchema } from './trafficView.ts';

const ordersSchema = z.array(faultOrderSchema).min(1);

/** The routes of the control API. Responses are JSON; a refusal has a status and a reason. */
export function controlRoutes(controlled: Controlled): Operation[] {
  const { clock, faults, traffic } = controlled;
  return [
    route('GET', '/actions', () => ({
      actions: actions.map(({ service, name, does }) => ({ path: `/actions/${service}/${name}`, does })),
    })),
    route('POST', '/seed', (call) => plant(controlled, seedSchema.parse(call.body))),
    route('POST', '/faults', (call) => {
      const given = ordersSchema.parse([call.body].flat());
      for (const order of given) faults.order(order);
      return { ordered: given.length };
    }),
    route('DELETE', '/faults', () => faults.clear()),
    route('GET', '/clock', () => showClock(clock)),
    route('POST', '/clock/advance', (call) => advance(clock, advanceSchema.parse(call.body))),
    route('GET', '/traffic', (call) =>
      redacted(controlled, selected(traffic, trafficQuerySchema.parse(call.query))),
    ),
    route('GET', '/traffic/counts', () => counted(traffic)),
    route('DELETE', '/traffic', () => traffic.clear()),
    route('GET', '/snapshot', () => redacted(controlled, snapshot(controlled))),
    route('POST', '/actions/{service}/{action}', ({ params, body }) => {
      const found = actions.find(({ service, name }) => service === params.service && name === params.action);
      if (!found) throw new Error(`There is no action ${params.service ?? ''}/${params.action ?? ''}.`);
      return found.run(controlled, body);
    }),
  ];
}

function snapshot({ azure, zilliz, keyVault }: Controlled): Record<string, unknown> {
  return {
    azure: azure.control.snapshot(),
    zilliz: zilliz.control.snapshot(),
    keyVault: keyVault.control.snapshot(),
  };
}

function route(method: string, path: string, answer: (call: Call) => unknown): Operation {
  return {
    name: `control ${method} ${path}`,
    method,
    path,
    write: false,
    handle: (call) => tried(call, answer),
  };
}

function tried(call: Call, answer: (call: Call) => unknown): Reply {
  if (call.text !== '' && call.body === undefined) {
    return { status: 400, body: { error: 'The body is not JSON.' } };
  }
  try {
    const body = answer(call);
    return body === undefined ? { status: 204 } : { status: 200, body };
  } catch (error) {
    if (error instanceof z.ZodError)
      return { status: 400, body: { error: 'The input is invalid.', faults: faultsOf(error) } };
    if (error instanceof NotPossible) return { status: 409, body: { error: error.message } };
    // The controls throw for what is not there.
    return { status: 404, body: { error: error instanceof Error ? error.message : 'unknown' } };
  }
}

function faultsOf(error: z.ZodError): readonly { readonly path: string; readonly message: string }[] {
  return error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
}
