import type { HostLogLine } from '../log.ts';
import type { TypedData } from './typedData.ts';
import type { Binding, Invocation, InvocationResult, RegisteredFunction } from './worker.ts';

/**
 * The stand-in for `@azure/functions-core`, the module that the Functions worker injects into the app's process and that
 * `@azure/functions` asks for once, at its first use. Surface and start sequence: azure-functions-nodejs-worker.
 */

type Callback = (...values: unknown[]) => unknown;

interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Omit<Binding, 'name'>>>;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: Callback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: TypedData | null }>;
}

interface ProgrammingModel {
  getInvocationModel(context: unknown): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

type CoreLog = (line: Omit<HostLogLine, 'source'>) => void;

/** What one app registered. */
export class AppRegistry {
  readonly #functions = new Map<string, { metadata: FunctionMetadata; callback: Callback }>();
  readonly #hooks = new Map<string, Callback[]>();
  #log: CoreLog = () => undefined;

  get functions(): readonly RegisteredFunction[] {
    return [...this.#functions.values()].map(({ metadata }) => ({
      name: metadata.name,
      bindings: Object.entries(metadata.bindings).map(([name, binding]) => withName(name, binding)),
    }));
  }

  registerFunction(metadata: FunctionMetadata, callback: Callback): { dispose: () => void } {
    this.#functions.set(metadata.name, { metadata, callback });
    return { dispose: () => this.#functions.delete(metadata.name) };
  }

  registerHook(name: string, callback: Callback): { dispose: () => void } {
    const hooks = this.#hooks.get(name) ?? [];
    this.#hooks.set(name, [...hooks, callback]);
    return { dispose: () => this.#hooks.set(name, hooks) };
  }

  /** Runs the app's start hooks and locks its setup. Throws when nothing was registered. */
  async start(log: CoreLog): Promise<void> {
    this.#log = log;
    if (this.#functions.size === 0) throw new Error('The app registered no function.');
    await this.#runHooks('appStart', { hookData: {}, functionAppDirectory: '' });
    await currentModel().getCapabilities({});
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const registered = this.#functions.get(invocation.functionName);
    if (!registered) return failed(new Error(`Function '${invocation.functionName}' is not registered.`));
    try {
      return { ok: true, returnValue: await this.#run(invocation, registered) };
    } catch (error) {
      return failed(error);
    }
  }

  async #run(
    { functionName, inputData, triggerMetadata }: Invocation,
    registered: { metadata: FunctionMetadata; callback: Callback },
  ): Promise<TypedData | null> {
    const invocationId = crypto.randomUUID();
    const model = currentModel().getInvocationModel({
      invocationId,
      request: { invocationId, inputData, triggerMetadata },
      metadata: registered.metadata,
      state: undefined,
      log: (level: HostLogLine['level'], _category: string, message: string) =>
        this.#log({ level, message, functionName, invocationId }),
    });
    const { context, inputs } = await model.getArguments();
    const before = {
      hookData: {},
      invocationContext: context,
      functionCallback: registered.callback,
      inputs,
    };
    await this.#runHooks('preInvocation', before);
    const after = { ...before, result: undefined as unknown, error: undefined as unknown };
    try {
      after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
    }
    await this.#runHooks('postInvocation', after);
    if (after.error !== undefined && after.error !== null) throw asError(after.error);
    return (await model.getResponse(context, after.result)).returnValue ?? null;
  }

  async #runHooks(name: string, context: object): Promise<void> {
    for (const hook of this.#hooks.get(name) ?? []) await hook(context);
  }
}

let model: ProgrammingModel | undefined;
let current: AppRegistry | undefined;

function currentModel(): ProgrammingModel {
  if (!model) throw new Error('The app does not use @azure/functions.');
  return model;
}

function currentRegistry(): AppRegistry {
  if (!current) throw new Error('Functions are registered while the app is loaded, not later.');
  return current;
}

/** The module itself. The library sets its model once per process, also when several apps register one after another. */
export const functionsCore = {
  version: '4.0.0',
  hostVersion: '4.1037.0.0',
  registerFunction: (metadata: FunctionMetadata, callback: Callback) =>
    currentRegistry().registerFunction(metadata, callback),
  registerHook: (name: string, callback: Callback) => currentRegistry().registerHook(name, callback),
  setProgrammingModel: (programmingModel: ProgrammingModel) => {
    model = programmingModel;
  },
  getProgrammingModel: () => model,
  log: () => undefined,
  Disposable: class {
    readonly dispose: () => void;
    constructor(dispose: () => void) {
      this.dispose = dispose;
    }
  },
};

/** Collects what `register` registers. */
export async function collectRegistrations(register: () => void | Promise<void>): Promise<AppRegistry> {
  const registry = new AppRegistry();
  current = registry;
  try {
    await register();
  } finally {
    current = undefined;
  }
  return registry;
}

function withName(name: string, binding: Omit<Binding, 'name'>): Binding {
  return { ...binding, name, type: String(binding.type), direction: String(binding.direction) };
}

/** An app may throw anything; only a text comes out of it, as in the worker. */
function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function failed(error: unknown): InvocationResult {
  if (!(error instanceof Error)) return { ok: false, message: String(error), stack: '' };
  return { ok: false, message: error.message, stack: error.stack ?? '' };
}
