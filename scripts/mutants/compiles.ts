import { join } from 'node:path';
import ts from 'typescript';

interface Text {
  readonly file: string;
  readonly text: string;
}

/**
 * Returns the texts that the compiler accepts in place of their file. Each is compiled beside its file, under another name, so that
 * one program checks hundreds of them.
 */
export function compiling<T extends Text>(root: string, texts: readonly T[]): ReadonlySet<T> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const byPath = new Map(
    texts.map((one, index) => [join(root, one.file.replace(/\.ts$/, `.${index}.ts`)), one]),
  );
  const host = ts.createCompilerHost(options);
  host.fileExists = (path) => byPath.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => byPath.get(path)?.text ?? ts.sys.readFile(path);
  const program = ts.createProgram({
    rootNames: [...byPath.keys()],
    // What is no longer used is no reason to refuse a change.
    options: { ...options, incremental: false, noUnusedLocals: false, noUnusedParameters: false },
    host,
  });
  const accepted = [...byPath].filter(
    ([path]) => program.getSemanticDiagnostics(program.getSourceFile(path)).length === 0,
  );
  return new Set(accepted.map(([, one]) => one));
}
