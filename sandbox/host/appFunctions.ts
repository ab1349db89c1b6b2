import { HTTP_ACTIVITY } from './engine/callHttp.ts';
import type { Registrations } from './engine/frameworkContext.ts';
import type { TypedData } from './worker/typedData.ts';
import { triggerOf } from './worker/worker.ts';
import type { HostSettings, InvocationResult, RegisteredFunction, RunningWorker } from './worker/worker.ts';

/** The functions of the app, by name without regard to case, and the way to call one of them. */
export class AppFunctions implements Registrations {
  readonly #worker: RunningWorker;
  readonly #durableClient: () => string;
  readonly #byName: ReadonlyMap<string, RegisteredFunction>;
  #executions = 0;

  /** `durableClient`: the JSON that a durableClient input receives. */
  constructor(worker: RunningWorker, durableClient: () => string) {
    this.#worker = worker;
    this.#durableClient = durableClient;
    this.#byName = new Map(worker.functions.map((registered) => [registered.name.toLowerCase(), registered]));
  }

  get functions(): readonly RegisteredFunction[] {
    return this.#worker.functions;
  }

  get settings(): HostSettings {
    return this.#worker.settings;
  }

  get executions(): number {
    return this.#executions;
  }

  find(name: string): RegisteredFunction | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  isActivity(name: string): boolean {
    return name === HTTP_ACTIVITY || this.#has(name, 'activityTrigger');
  }

  isOrchestration(name: string): boolean {
    return this.#has(name, 'orchestrationTrigger');
  }

  orchestrations(): readonly string[] {
    return this.functions.map(({ name }) => name).filter((name) => this.isOrchestration(name));
  }

  /** Rejects with WorkerLostError when the worker dies meanwhile. */
  invoke(
    registered: RegisteredFunction,
    input: TypedData | null,
    triggerMetadata: Readonly<Record<string, TypedData>> = {},
  ): Promise<InvocationResult> {
    this.#executions += 1;
    const trigger = triggerOf(registered);
    const inputData = registered.bindings.flatMap((binding) => {
      if (binding === trigger) return [{ name: binding.name, data: input }];
      if (binding.type !== 'durableClient' && binding.type !== 'orchestrationClient') return [];
      return [{ name: binding.name, data: { string: this.#durableClient() } }];
    });
    return this.#worker.invoke({ functionName: registered.name, inputData, triggerMetadata });
  }

  invokeByName(
    name: string,
    input: TypedData | null,
    triggerMetadata?: Readonly<Record<string, TypedData>>,
  ): Promise<InvocationResult> {
    const registered = this.find(name);
    if (!registered) throw new Error(`Function '${name}' is not registered.`);
    return this.invoke(registered, input, triggerMetadata);
  }

  /** `%NAME%` in a binding is the value of the app's setting. */
  resolveSetting(text: string): string {
    return text.replace(/%([^%]+)%/g, (whole, name: string) => this.#worker.environment[name] ?? whole);
  }

  #has(name: string, triggerType: string): boolean {
    const registered = this.find(name);
    return registered !== undefined && triggerOf(registered)?.type === triggerType;
  }
}
