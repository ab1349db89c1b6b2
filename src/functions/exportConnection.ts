import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import { exportBicep } from '../domain/exportBicep.ts';
import { exportTerraform } from '../domain/exportTerraform.ts';
import type { Made } from '../domain/made.ts';
import { isConnectionId } from '../domain/naming.ts';
import type { Orphan } from '../domain/orphans.ts';
import { problemOfFaults } from '../domain/problem.ts';
import { notAllowedHere, parseParameters } from '../domain/requestFaults.ts';
import type { Allowed } from '../domain/bounds.ts';
import { answering, problemAnswer } from './answer.ts';
import { withoutEndpoint } from './withoutEndpoint.ts';

const formats = { terraform: exportTerraform, bicep: exportBicep } as const;
const fileNames = { terraform: 'main.tf', bicep: 'main.bicep' } as const;

export const exportQuerySchema = z.object({
  format: z
    .enum(['terraform', 'bicep'])
    .default('terraform')
    .meta({ description: 'The language of the file' }),
});

/** `GET /api/connections/{id}/export?format=terraform|bicep`: what was made, so that nobody is locked in. */
export function exportConnection(options: {
  readonly allowed: Allowed;
  readonly made: (id: string) => Promise<Made | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
}): HttpHandler {
  return answering(async (request) => {
    const id = request.params.id ?? '';
    const query = parseParameters(exportQuerySchema, Object.fromEntries(request.query.entries()));
    if (!query.ok) return problemAnswer(problemOfFaults(query.faults));
    const { format } = query.value;
    const made = isConnectionId(id) ? await options.made(id) : null;
    if (!made) return withoutEndpoint(isConnectionId(id) ? await options.orphan(id) : null, options.allowed);
    const [first, ...others] = notAllowedHere(made.connection, options.allowed);
    if (first) return problemAnswer(problemOfFaults([first, ...others]));
    return {
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `inline; filename="${fileNames[format]}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
      body: formats[format](made),
    };
  });
}
