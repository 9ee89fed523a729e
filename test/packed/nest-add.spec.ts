import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FreshApplication } from '../support/fresh-application.js';

const DIRECTORY = 'src/mfa/user-directory.ts';

describe('nest add nestjs-mfa, in an application of nest new', () => {
  let application: FreshApplication;
  let said: string;
  beforeAll(() => {
    application = new FreshApplication(process.env['MFA_ARCHIVE']!);
    // The archive is installed already: it is in no registry.
    said = application.run('node_modules/.bin/nest', 'add', 'nestjs-mfa', '--skip-install');
    application.install();
  });
  afterEach(() => application.stop());
  afterAll(() => application.remove());

  async function signIn(address: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const body = new URLSearchParams({ username: 'ada', password: 'lovelace' });
    const answer = await fetch(`${address}/mfa/authtoken/login/`, { method: 'POST', body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it('starts with `npm start`, and refuses every login until its directory is completed', async () => {
    expect(said).toContain(`Complete ${DIRECTORY}. Until then, every login is refused.`);
    const { address, log } = await application.start('npm', 'start');
    expect(await (await fetch(address)).text()).toBe('Hello World!');
    expect(await signIn(address)).toMatchObject({ status: 400, body: { code: 'invalid_credentials' } });
    expect(log()).toContain('Every login is refused, because findByUsername is not written yet.');
  });

  it('signs users in when its directory is completed, after `npm run build`', async () => {
    const ada = "return { id: 1, passwordHash: await this.hashPassword('lovelace'), active: true };";
    for (const method of ['findByUsername', 'findById'])
      application.edit(DIRECTORY, `return this.refuse('${method}');`, ada);
    application.run('npm', 'run', 'build');
    const { address } = await application.start('npm', 'run', 'start:prod');
    expect(await signIn(address)).toMatchObject({ status: 200, body: { token: expect.any(String) as string } });
  });

  it('changes nothing the second time', () => {
    const before = application.text('src/app.module.ts');
    const again = application.run('node_modules/.bin/nest', 'add', 'nestjs-mfa', '--skip-install');
    expect(again).toContain('src/app.module.ts imports nestjs-mfa already. Nothing is changed.');
    expect(application.text('src/app.module.ts')).toBe(before);
  });
});
