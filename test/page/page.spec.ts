import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, Tab } from './browser.js';
import { look } from './look.js';
import { RunningSample } from './running-sample.js';

const [NAME, PASSWORD] = ['ada', 'correct horse battery'];

describe.skipIf(!hasBrowser)('the page of the sample', () => {
  let sample: RunningSample;
  let tab: Tab;
  let secret: string;

  beforeAll(async () => {
    sample = await RunningSample.start();
    tab = await Tab.open(sample.origin);
    await tab.page.goto(sample.origin);
  });
  afterAll(async () => {
    await tab?.close();
    await sample?.stop();
  });

  const heading = (name: string) => tab.page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
  const press = (name: string) => tab.page.getByRole('button', { name, exact: true }).click();
  const fill = (label: string, text: string) => tab.page.getByLabel(label).fill(text);
  const focused = () => tab.page.evaluate<string>('document.activeElement.textContent');
  // A code works once. The one of the next window is right too.
  const codeOf = (window: 0 | 1) => new TOTP({ secret }).generate({ timestamp: Date.now() + window * 30_000 });

  it('signs up, and refuses a name that is taken', async () => {
    await heading('Sign in');
    await look(tab.page, 'sign-in');
    await press('Sign up');
    await heading('Sign up');
    await fill('Name', 'demo');
    await fill('Password', PASSWORD);
    await press('Sign up');
    await tab.page.getByText('This name is taken.').waitFor();
    expect(await focused()).toBe('This name is taken.');
    await look(tab.page, 'sign-up');
    await fill('Name', NAME);
    await press('Sign up');
    await heading('Your account');
    expect(await focused()).toBe('Your account');
    await look(tab.page, 'account');
  });

  it('adds an authenticator app by its QR code', async () => {
    await press('Authenticator app');
    await heading('Add an authenticator app');
    const picture = tab.page.getByRole('img', { name: 'QR code' });
    expect(
      await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(0);
    secret = (await tab.page.locator('.key code').textContent())!;
    await look(tab.page, 'add-app');
    await fill('Code', '000000');
    await press('Confirm');
    await tab.page.getByText('Please enter a valid code.').waitFor();
    await fill('Code', codeOf(0));
    await press('Confirm');
    await heading('Your account');
    await tab.page.getByRole('listitem').filter({ hasText: 'Authenticator app' }).waitFor();
  });

  it('signs in with a code by the keyboard alone', async () => {
    const { keyboard } = tab.page;
    const next = async (times = 1) => {
      for (let time = 0; time < times; time++) await keyboard.press('Tab');
    };
    await press('Sign out');
    await heading('Sign in');
    // The heading has the focus, and the first field is next.
    await next();
    await keyboard.type(NAME);
    await next();
    await keyboard.type('wrong');
    await keyboard.press('Enter');
    await tab.page.getByText('Unable to log in').waitFor();
    await next(2);
    await keyboard.type(PASSWORD);
    await next();
    await keyboard.press('Enter');
    await heading('Second step');
    expect(await focused()).toBe('Second step');
    await look(tab.page, 'second-step');
    await next();
    await keyboard.type(codeOf(1));
    await keyboard.press('Enter');
    await heading('Your account');
  });

  it('asks no other host, and breaks no rule of its policy', () => {
    expect(tab.complaints).toEqual([]);
  });
});
