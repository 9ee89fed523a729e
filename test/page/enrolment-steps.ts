import { expect, it } from 'vitest';
import { NAME, PASSWORD, type Stage } from './stage.js';

/** Signs up, and adds a factor of each kind and recovery codes. */
export function enrolmentSteps(stage: Stage): void {
  it('signs up, and refuses a name that is taken', async () => {
    await stage.visitor.heading('Sign in');
    await stage.see('sign-in');
    await stage.visitor.press('Sign up');
    await stage.visitor.arrives('Sign up');
    await stage.visitor.fill('Name', 'demo');
    await stage.visitor.fill('Password', PASSWORD);
    await stage.visitor.press('Sign up');
    await stage.visitor.isRefused('This name is taken.');
    await stage.see('sign-up');
    await stage.visitor.fill('Name', NAME);
    await stage.visitor.press('Sign up');
    await stage.visitor.arrives('Your account');
    expect(await stage.visitor.focused()).toBe('Your account');
  });

  it('says what is missing where a route needs a second factor', async () => {
    await stage.visitor.press('Pay out');
    await stage.visitor.isRefused('Please add one first.');
    await stage.see('account-without-factors');
    expect(await stage.visitor.focused()).toContain('A second factor is required.');
  });

  it('adds an authenticator app by its QR code', async () => {
    await stage.visitor.press('Authenticator app');
    await stage.visitor.arrives('Add an authenticator app');
    const shown = () => stage.tab.page.evaluate<number>('document.querySelector("img[alt^=QR]").naturalWidth');
    await expect.poll(shown).toBeGreaterThan(0);
    stage.visitor.secret = (await stage.tab.page.locator('.key code').textContent())!;
    await stage.see('add-app');
    await stage.visitor.fill('Code', '000000');
    await stage.visitor.press('Confirm');
    await stage.visitor.isRefused('Please enter a valid code.');
    await stage.visitor.fill('Code', stage.visitor.codeOfApp());
    await stage.visitor.press('Confirm');
    await stage.visitor.arrives('Your account');
    await stage.factor('Authenticator app').waitFor();
  });

  it('adds a passkey, a phone and an e-mail address', async () => {
    await stage.tab.plugInAuthenticator();
    await stage.visitor.press('Passkey');
    await stage.visitor.arrives('Add a passkey');
    await stage.see('add-passkey');
    await stage.visitor.fill('A name for it', 'Laptop');
    await stage.visitor.press('Create a passkey');
    await stage.factor('Laptop').waitFor();
    await stage.visitor.press('Phone');
    await stage.visitor.fill('Number with country code', '+44 20 7946 0018');
    await stage.visitor.press('Send a code');
    await stage.visitor.isRefused('Please enter a valid phone number.');
    await stage.see('add-phone');
    await stage.visitor.fill('Number with country code', '+1 (408) 586-2744');
    const codeToPhone = await stage.visitor.isSent('+14085862744', () => stage.visitor.press('Send a code'));
    await stage.visitor.sees('Enter the code that was sent to');
    await stage.visitor.fill('Code', codeToPhone);
    await stage.visitor.press('Confirm');
    await stage.factor('Phone').waitFor();
    await stage.visitor.press('E-mail');
    await stage.visitor.fill('Address', 'ada@example.com');
    const codeToAddress = await stage.visitor.isSent('ada@example.com', () => stage.visitor.press('Send a code'));
    await stage.visitor.sees('Enter the code that was sent to');
    await stage.see('confirm');
    await stage.visitor.fill('Code', codeToAddress);
    await stage.visitor.press('Confirm');
    await stage.factor('E-mail').waitFor();
    expect(await stage.tab.page.locator('.factors').getByRole('listitem').count()).toBe(4);
  });

  it('shows recovery codes, copies them and prints them', async () => {
    await stage.visitor.press('Make recovery codes');
    await stage.visitor.arrives('Your recovery codes');
    stage.codes = await stage.tab.page.locator('.codes li').allTextContents();
    expect(stage.codes).toHaveLength(10);
    await stage.visitor.press('Copy');
    await stage.visitor.sees('Copied.');
    expect(await stage.tab.page.evaluate('navigator.clipboard.readText()')).toBe(stage.codes.join('\n'));
    await stage.tab.page.evaluate('window.print = () => { window.isPrinted = true; }');
    await stage.visitor.press('Print');
    expect(await stage.tab.page.evaluate('window.isPrinted')).toBe(true);
    await stage.see('recovery-codes');
    await stage.visitor.press('Done');
    await stage.visitor.arrives('Your account');
    await stage.see('account');
  });
}
