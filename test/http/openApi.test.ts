import { openApiDocument } from '../../src/http/openApi/document.ts';
import { routes } from '../../src/http/routes.ts';

interface Document {
  paths: Record<string, Record<string, { requestBody?: unknown; security: unknown[] }>>;
  components: { schemas: Record<string, object> };
}

describe('the OpenAPI document', () => {
  const { paths, components } = openApiDocument() as Document;

  it('has each route that is registered, and no other', () => {
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );

    expect(documented.toSorted()).toEqual(
      routes.map(({ method, route }) => `${method} /api/${route}`).toSorted(),
    );
  });

  it('asks for a key or a token on every route but the anonymous ones', () => {
    for (const { method, route, right } of routes) {
      const operation = paths[`/api/${route}`]?.[method.toLowerCase()];
      expect(operation?.security).toEqual(right === 'anyone' ? [] : [{ functionKey: [] }, { entra: [] }]);
    }
  });

  it('defines each enumeration once', () => {
    const found: string[] = [];
    JSON.stringify(openApiDocument(), (key, value: unknown) => {
      if (key === 'enum' && Array.isArray(value)) found.push(value.toSorted().join(' '));
      return value;
    });

    expect(found).toEqual([...new Set(found)]);
    expect(found).toContain('cancelled failed succeeded');
  });

  it('describes the request by the schema that validates it', () => {
    const body = JSON.stringify(paths['/api/connections']?.post?.requestBody);
    expect(body).toContain('"#/components/schemas/ConnectionRequest"');
    expect(components.schemas.ConnectionRequest).toMatchObject({
      additionalProperties: false,
      properties: { deadlineMinutes: { default: 60 } },
    });
  });
});
