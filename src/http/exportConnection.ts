import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { exportBicep } from '../domain/export/bicep.ts';
import type { OwnedResources } from '../domain/export/ownedResources.ts';
import { exportTerraform } from '../domain/export/terraform.ts';
import { onConnection } from './findConnection.ts';
import type { Sources } from './findConnection.ts';
import { readQuery } from './requests.ts';

const formats = { terraform: exportTerraform, bicep: exportBicep } as const;
const fileNames = { terraform: 'main.tf', bicep: 'main.bicep' } as const;

export const exportQuerySchema = z.object({
  format: z
    .enum(['terraform', 'bicep'])
    .meta({ id: 'ExportFormat' })
    .default('terraform')
    .meta({ description: 'The language of the file' }),
});

/** `GET /api/connections/{id}/export?format=terraform|bicep`: the owned resources as code, so that the user is free to leave. */
export function exportConnection(
  sources: Sources,
  resourcesOf: (stored: StoredConnection) => Promise<OwnedResources>,
): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const { format } = readQuery(request, exportQuerySchema);
    const resources = await resourcesOf(await known.whole());
    return {
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `inline; filename="${fileNames[format]}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
      body: formats[format](resources),
    };
  });
}
