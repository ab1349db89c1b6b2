import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { authorizeConnection, parseParameters } from '../domain/connection/request.ts';
import { exportBicep } from '../domain/export/bicep.ts';
import type { OwnedResources } from '../domain/export/ownedResources.ts';
import { exportTerraform } from '../domain/export/terraform.ts';
import { problemOfFaults } from '../domain/failure/problem.ts';
import { problemsAsResponses, problemResponse, withoutEndpoint } from './response.ts';

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
  readonly allowed: AllowedScopes;
  readonly made: (id: string) => Promise<OwnedResources | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
}): HttpHandler {
  return problemsAsResponses(async (request) => {
    const id = request.params.id ?? '';
    const query = parseParameters(exportQuerySchema, Object.fromEntries(request.query.entries()));
    if (!query.ok) return problemResponse(problemOfFaults(query.faults));
    const { format } = query.value;
    const made = isConnectionId(id) ? await options.made(id) : null;
    if (!made) return withoutEndpoint(isConnectionId(id) ? await options.orphan(id) : null, options.allowed);
    const [first, ...others] = authorizeConnection(made.connection, options.allowed);
    if (first) return problemResponse(problemOfFaults([first, ...others]));
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
