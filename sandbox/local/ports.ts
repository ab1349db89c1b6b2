/** Where everything listens on 127.0.0.1. */
export interface SandboxPorts {
  readonly api: number;
  readonly control: number;
  readonly azure: number;
  readonly zilliz: number;
  readonly keyVault: number;
  readonly identity: number;
  readonly dns: number;
  readonly proxy: number;
  readonly eventGrid: number;
}

export const FIRST_PORT = 7071;

/** Fixed ports, so that settings, scripts and bookmarks stay good from one start to the next. */
export function portsFrom(first: number): SandboxPorts {
  return {
    api: first,
    control: first + 1,
    azure: first + 2,
    zilliz: first + 3,
    keyVault: first + 4,
    identity: first + 5,
    dns: first + 6,
    proxy: first + 7,
    eventGrid: first + 8,
  };
}
