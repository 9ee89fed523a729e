import { createClient } from '@hey-api/openapi-ts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { cp, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';

/** A folder with the clients that two generators make of a document, and with the programs that use them. */
export async function generateClients(document: OpenAPIObject): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-mfa-clients-'));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'), 'dir');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await cp('test/openapi/clients', folder, { recursive: true });
  await writeFile(join(folder, 'paths.ts'), astToString(await openapiTS(JSON.stringify(document))));
  await createClient({
    input: JSON.parse(JSON.stringify(document)) as Record<string, unknown>,
    output: { path: join(folder, 'sdk'), importFileExtension: '.js' },
    plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
    logs: { level: 'silent' },
  });
  return folder;
}

/** Compiles the programs of a folder with what they import, and returns what the compiler says of any of it. */
export function compileClients(folder: string, programs: readonly string[]): string[] {
  const program = ts.createProgram(
    programs.map((name) => join(folder, name)),
    {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
      skipLibCheck: true,
    },
  );
  const { diagnostics } = program.emit();
  const found = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  return found.map(
    ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  );
}
