import * as z from 'zod';

export const probeSchema = z.object({
  command: z.string().meta({ description: 'To paste into a shell on a machine in the virtual network' }),
  expected: z.string().meta({ description: 'What it prints when the private path stands' }),
});

export type Probe = Readonly<z.infer<typeof probeSchema>>;

/**
 * The proof as a command, for people who stand where the app cannot look: one call resolves the name, opens the port,
 * checks the certificate and asks the service. A proxy in the environment would resolve the name elsewhere.
 */
export function probeOf(at: {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}): Probe {
  const { host, port, address } = at;
  const shown = '%{remote_ip} port %{remote_port}: HTTP %{http_code}\\n';
  return {
    command: `curl -sS --noproxy '*' --max-time 10 -o /dev/null -w '${shown}' https://${host}:${port}/`,
    expected: `${address} port ${port}: HTTP 400 (or another status of the service, but not 000)`,
  };
}
