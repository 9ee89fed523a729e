import { type Files, textOf } from './host.js';

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

/** The versions of Nest's packages that fit each major version of Nest. */
const NEST_RANGES: Record<string, Record<string, string>> = {
  '11': { '@nestjs/config': '^4.0.4', '@nestjs/typeorm': '^11.0.1' },
  '12': { '@nestjs/config': '^12.0.1', '@nestjs/typeorm': '^12.0.2' },
};
const RANGES: Record<string, string> = {
  typeorm: '^1.1.1',
  'better-sqlite3': '^12.11.0',
  'class-validator': '^0.15.1',
  '@node-rs/argon2': '^2.2.1',
};

/** The packages that an application lists. */
export class Packages {
  private readonly text: string;
  private readonly manifest: Manifest;

  /** @throws if there is no `package.json` */
  constructor(private readonly files: Files) {
    const text = textOf(files, 'package.json');
    if (text === undefined) throw new Error('There is no package.json: run `nest add nestjs-mfa` beside it.');
    this.text = text;
    this.manifest = JSON.parse(text) as Manifest;
  }

  has(name: string): boolean {
    return Boolean(this.manifest.dependencies?.[name] ?? this.manifest.devDependencies?.[name]);
  }

  /** Lists packages that are not listed yet, and returns their names. */
  add(names: readonly string[]): string[] {
    const missing = names.filter((name) => !this.has(name));
    const added = missing.map((name) => [name, this.rangeOf(name)]);
    this.manifest.dependencies = sorted({ ...this.manifest.dependencies, ...Object.fromEntries(added) });
    // Its install script fetches or compiles the driver. npm 12 runs only those that are listed here.
    if (missing.includes('better-sqlite3'))
      this.manifest.allowScripts = { ...this.manifest.allowScripts, 'better-sqlite3': true };
    if (missing.length > 0) this.write();
    return missing;
  }

  private rangeOf(name: string): string {
    const nest = this.manifest.dependencies?.['@nestjs/core'] ?? this.manifest.dependencies?.['@nestjs/common'] ?? '';
    const [major = ''] = /\d+/.exec(nest) ?? [];
    return RANGES[name] ?? (NEST_RANGES[major] ?? NEST_RANGES['12'])?.[name] ?? 'latest';
  }

  private write(): void {
    const [, indent = '  '] = /^([\t ]+)"/m.exec(this.text) ?? [];
    this.files.overwrite('package.json', `${JSON.stringify(this.manifest, null, indent)}\n`);
  }
}

function sorted(dependencies: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(dependencies).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
