import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { z } from 'zod';
import { readJson } from './template.ts';

/** As much of Microsoft's language service as is used here; its own declarations are 60,000 lines. */
interface KustoLanguage {
  readonly Symbols: {
    readonly TableSymbol: {
      readonly $ctor7: new (name: string, schema: string, description: null) => object;
    };
    readonly DatabaseSymbol: { readonly ctor: new (name: string, members: readonly object[]) => object };
  };
  readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
  readonly KustoCode: { ParseAndAnalyze(query: string, globals: object): { GetDiagnostics(): Diagnostics } };
}
interface Diagnostics {
  readonly Count: number;
  getItem(index: number): { readonly Message: string; readonly Severity: string };
}

const tables = z.record(z.string(), z.record(z.string(), z.string()));

/** Says what is wrong with a query over the tables of a workspace: syntax, unknown columns and functions, types. */
export function kustoChecker(): (query: string) => readonly string[] {
  const kusto = loadLanguage();
  const symbols = Object.entries(tables.parse(readJson('test/fixtures/log-analytics/tables.json'))).map(
    ([name, columns]) => {
      const schema = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
      return new kusto.Symbols.TableSymbol.$ctor7(name, `(${schema.join(', ')})`, null);
    },
  );
  const globals = kusto.GlobalState.Default.WithDatabase(
    new kusto.Symbols.DatabaseSymbol.ctor('logs', symbols),
  );
  return (query) => {
    const found = kusto.KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
    return Array.from({ length: found.Count }, (_, index) => found.getItem(index))
      .filter(({ Severity }) => Severity !== 'Suggestion')
      .map(({ Message }) => Message);
  };
}

/** Two scripts for a browser: each puts its names on the global object. */
function loadLanguage(): KustoLanguage {
  const folder = dirname(
    createRequire(join(process.cwd(), 'package.json')).resolve('@kusto/language-service-next'),
  );
  const context = createContext({ console });
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
    runInContext(readFileSync(join(folder, file), 'utf8'), context, { filename: file });
  }
  return runInContext('Kusto.Language', context) as KustoLanguage;
}
