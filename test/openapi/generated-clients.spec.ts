import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../support/boot-app.js';
import { compileClients, generateClients } from '../support/generated-clients.js';
import { describedDocument } from '../support/open-api.js';
import { nextCode, type ShownKey } from '../support/totp-app.js';
import { WALKED } from './walk.js';

interface Program {
  enrolAndSignIn: (origin: string, codeOf: (uri: string) => string) => Promise<object>;
}

const PROGRAMS = ['by-openapi-fetch', 'by-hey-api'];

const DOCUMENTS = [
  ['express', '3.0.0'],
  ['fastify', '3.1.0'],
] as const;

describe.each(DOCUMENTS)('clients that generators make of the document on %s in OpenAPI %s', (platform, version) => {
  const booted: BootedApp[] = [];
  let folder: string;
  afterEach(async () => {
    await Promise.all(booted.splice(0).map((app) => app.close()));
    await rm(folder, { recursive: true });
  });

  async function boot(): Promise<BootedApp> {
    const app = await bootApp({ platform, ...WALKED });
    booted.push(app);
    return app;
  }

  it('compile under strict, enrol an app and sign in with it', async () => {
    folder = await generateClients(await describedDocument((await boot()).app, version));
    expect(
      compileClients(
        folder,
        PROGRAMS.map((name) => `${name}.ts`),
      ),
    ).toEqual([]);
    for (const name of PROGRAMS) {
      const { client, clock } = await boot();
      const { enrolAndSignIn } = (await import(pathToFileURL(join(folder, `${name}.js`)).href)) as Program;
      const outcome = await enrolAndSignIn(client.origin, (uri) => nextCode({ otpauth_uri: uri } as ShownKey, clock));
      expect([name, outcome]).toEqual([name, { enabled: true, refused: 'invalid_mfa_code', type: 'totp' }]);
    }
  });
});
