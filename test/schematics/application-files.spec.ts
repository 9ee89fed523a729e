import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/crypto/key-ring.js';
import { addedTo, manifest } from '../support/added-to.js';

interface Manifest {
  dependencies: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

const packagesOf = (text: string): Manifest => JSON.parse(text) as Manifest;

describe('nest add nestjs-mfa, with the key', () => {
  it('writes one of 32 random bytes, another in each application, which the module takes', () => {
    const keys = [addedTo({}), addedTo({})].map(({ text }) => /^MFA_KEY=([0-9a-f]{64})\n$/.exec(text('.env'))?.[1]);
    expect(new KeyRing(keys).ids).toHaveLength(2);
  });

  it.each(['MFA_KEY=mine', 'export MFA_KEY=mine\n', 'A=1\r\nMFA_KEY = "mine"\r\n'])(
    'keeps the one that is there: %j',
    (env) => {
      expect(addedTo({ '.env': env }).text('.env')).toBe(env);
    },
  );

  it('adds it behind what is there', () => {
    expect(addedTo({ '.env': 'OTHER_MFA_KEY=1' }).text('.env')).toMatch(/^OTHER_MFA_KEY=1\nMFA_KEY=[0-9a-f]{64}\n$/);
  });

  it('shows the name, and never the key, in .env.example', () => {
    const { text } = addedTo({ '.env.example': 'PORT=3000\n' });
    expect(text('.env.example')).toMatch(/^PORT=3000\n# .*\nMFA_KEY=\n$/);
    const example = 'MFA_KEY=a-key\n';
    expect(addedTo({ '.env.example': example }).text('.env.example')).toBe(example);
  });

  it.each(['.env', '/.env', '*.env', '.env*', 'dist\r\n.env\r\n'])('sees that git ignores .env: %j', (ignored) => {
    expect(addedTo({ '.gitignore': `${ignored}\napp.db*\n` }).text('.gitignore')).toBe(`${ignored}\napp.db*\n`);
  });

  it.each(['', '.env.local', '#.env', '!.env', 'config/.env'])('keeps .env out of git, beside %j', (line) => {
    expect(addedTo({ '.gitignore': line }).text('.gitignore').split('\n')).toContain('.env');
  });

  it('keeps .env and the database out of git where nothing is ignored yet', () => {
    expect(addedTo({}).text('.gitignore')).toBe('.env\napp.db*\n');
  });
});

describe('nest add nestjs-mfa, with the users', () => {
  it('never overwrites a directory that somebody has completed', () => {
    const own = 'export class AppUserDirectory extends UserDirectory {}\n';
    expect(addedTo({ 'src/mfa/user-directory.ts': own }).text('src/mfa/user-directory.ts')).toBe(own);
  });

  it('says that every login is refused until it is completed', () => {
    expect(addedTo({}).said).toContain('Complete src/mfa/user-directory.ts. Until then, every login is refused.');
  });
});

describe('nest add nestjs-mfa, with the packages', () => {
  it('lists what its code imports, and has it installed, with the script of the driver', () => {
    const { text, tasks } = addedTo({});
    const { dependencies, allowScripts } = packagesOf(text('package.json'));
    expect(Object.keys(dependencies)).toEqual(Object.keys(dependencies).toSorted());
    expect(Object.keys(dependencies)).toEqual(
      expect.arrayContaining(['@nestjs/config', '@nestjs/typeorm', 'better-sqlite3', 'class-validator', 'typeorm']),
    );
    expect(allowScripts).toEqual({ 'better-sqlite3': true });
    expect(tasks).toEqual([
      { name: 'node-package', options: expect.objectContaining({ allowScripts: true }) as object },
    ]);
  });

  it("takes the versions that fit the application's Nest", () => {
    const { dependencies } = packagesOf(
      addedTo({ 'package.json': manifest({ '@nestjs/core': '11.1.0' }) }).text('package.json'),
    );
    expect(dependencies).toMatchObject({ '@nestjs/config': '^4.0.4', '@nestjs/typeorm': '^11.0.1' });
  });

  it('leaves what is listed, and names what it does not install', () => {
    const packages = manifest({ typeorm: '^0.3.31', '@node-rs/argon2': '^1.0.0' });
    const { text, tasks, said } = addedTo({ 'package.json': packages }, { skipInstall: true });
    expect(packagesOf(text('package.json')).dependencies).toMatchObject({
      typeorm: '^0.3.31',
      '@node-rs/argon2': '^1.0.0',
    });
    expect(tasks).toEqual([]);
    expect(said).toMatch(
      /Install class-validator, @nestjs\/config, @nestjs\/typeorm, better-sqlite3: package.json lists/,
    );
  });

  it('is refused outside of an application', () => {
    expect(() => addedTo({ 'package.json': undefined })).toThrow('There is no package.json');
  });
});
