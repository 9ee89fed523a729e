import { expect, it } from 'vitest';
import { otherDevice } from './other-device.js';
import { NAME, PASSWORD, type Stage } from './stage.js';

/** Signs in with each factor, and proves them again. */
export function signInSteps(stage: Stage): void {
  it('signs in with a code by the keyboard alone', async () => {
    const { keyboard } = stage.tab.page;
    const type = async (text: string, tabs = 1) => {
      for (let done = 0; done < tabs; done++) await keyboard.press('Tab');
      await keyboard.type(text);
    };
    await stage.visitor.signOut();
    // The heading has the focus, and the first field is next.
    await type(NAME);
    await type('wrong');
    await keyboard.press('Enter');
    await stage.visitor.isRefused('Unable to log in');
    await type(PASSWORD, 2);
    await keyboard.press('Enter');
    await stage.visitor.arrives('Second step');
    const code = stage.tab.page.getByLabel('Code');
    expect([await code.getAttribute('autocomplete'), await code.getAttribute('inputmode')]).toEqual([
      'one-time-code',
      'numeric',
    ]);
    await type(stage.visitor.codeOfApp(1));
    await keyboard.press('Enter');
    await stage.visitor.arrives('Your account');
  });

  it('signs in with another method, and counts down to another message', async () => {
    await stage.visitor.signOut();
    await stage.tab.page.clock.install();
    await stage.visitor.passPassword(NAME, PASSWORD);
    await stage.visitor.isSent('+14085862744', async () => {
      await stage.visitor.press(/^Phone/);
      await stage.visitor.sees('A code was sent: Phone *******2744.');
    });
    const said = await stage.tab.page.getByText(/^You can ask for another code in \d+ seconds\.$/).textContent();
    const seconds = Number(/\d+/.exec(said!)![0]);
    const another = stage.tab.page.getByRole('button', { name: 'Send another code' });
    expect(await another.isDisabled()).toBe(true);
    await stage.see('second-step');
    const before = await stage.visitor.messagesTo('+14085862744');
    await stage.tab.page.clock.fastForward((seconds - 10) * 1000);
    await stage.tab.page.getByText(/^in \d s$/).waitFor();
    await stage.tab.page.clock.fastForward(10_000);
    await stage.visitor.sees('You can ask for another code now.');
    // The server's time is not over.
    await another.click();
    await stage.visitor.sees('Enter the code that was sent: Phone *******2744.');
    expect(await another.isDisabled()).toBe(true);
    expect(await stage.visitor.messagesTo('+14085862744')).toBe(before);
    await stage.sample.ageMessages();
    await stage.tab.page.clock.fastForward(60_000);
    const code = await stage.visitor.isSent('+14085862744', async () => {
      await another.click();
      await stage.visitor.sees('A code was sent: Phone *******2744.');
    });
    expect(await stage.visitor.messagesTo('+14085862744')).toBe(before + 1);
    await stage.tab.page.getByText(/^in \d\d s$/).waitFor();
    expect(await another.isDisabled()).toBe(true);
    await stage.visitor.fill('Code', '000000');
    await stage.visitor.press('Continue');
    await stage.visitor.isRefused('Please enter a valid code.');
    await stage.visitor.fill('Code', code);
    await stage.visitor.press('Continue');
    await stage.visitor.arrives('Your account');
  });

  it('signs in with a passkey after the password, and alone', async () => {
    await stage.visitor.signOut();
    await stage.visitor.passPassword(NAME, PASSWORD);
    await stage.visitor.press('Passkey');
    await stage.see('second-step-passkey');
    await stage.visitor.press('Use a passkey');
    await stage.visitor.arrives('Your account');
    await stage.visitor.signOut();
    await stage.visitor.press('Sign in with a passkey');
    await stage.visitor.arrives('Your account');
    await stage.visitor.sees('by passkey (this one)');
    expect(await stage.tab.passkeys()).toBe(1);
  });

  it('steps up in a dialogue, and keeps what was entered on the page', async () => {
    await stage.sample.ageFactors();
    await stage.visitor.fill('Note', 'rent');
    await stage.visitor.press('Pay out');
    const dialog = stage.tab.page.getByRole('dialog', { name: 'Prove that it is you' });
    await dialog.waitFor();
    expect(await stage.visitor.focused()).toBe('Prove that it is you');
    await stage.see('step-up');
    await stage.tab.page.keyboard.press('Escape');
    await stage.visitor.isRefused('A more recent sign-in or second factor is required.');
    await stage.visitor.press('Pay out');
    await stage.visitor.fill('Code', '000000');
    await stage.visitor.press('Continue');
    await stage.visitor.isRefused('Please enter a valid code.');
    await dialog.getByRole('button', { name: 'Passkey' }).click();
    await stage.visitor.press('Use a passkey');
    await stage.visitor.sees(`Paid out to ${NAME}.`);
    await dialog.waitFor({ state: 'hidden' });
    expect(await stage.tab.page.getByLabel('Note').inputValue()).toBe('rent');
    expect(await stage.visitor.focused()).toBe('Pay out');
  });

  it('steps up by a text message', async () => {
    await stage.sample.ageFactors();
    await stage.visitor.press('Pay out');
    const dialog = stage.tab.page.getByRole('dialog', { name: 'Prove that it is you' });
    const before = await stage.visitor.messagesTo('+14085862744');
    const code = await stage.visitor.isSent('+14085862744', async () => {
      await dialog.getByRole('button', { name: /^Phone/ }).click();
      await stage.visitor.sees('A code was sent: Phone *******2744.');
    });
    await stage.see('step-up-by-message');
    await stage.visitor.fill('Code', code);
    await stage.visitor.press('Continue');
    await stage.visitor.sees(`Paid out to ${NAME}.`);
    expect(await stage.visitor.messagesTo('+14085862744')).toBe(before + 1);
    await dialog.waitFor({ state: 'hidden' });
  });

  it('signs in with a recovery code, and ends the other sessions', async () => {
    await stage.visitor.signOut();
    await stage.visitor.passPassword(NAME, PASSWORD);
    await stage.visitor.press('Recovery code');
    await stage.visitor.sees('Enter one of your recovery codes. 10 are left.');
    await stage.visitor.fill('Code', stage.codes[0]!);
    await stage.visitor.press('Continue');
    await stage.visitor.sees('You signed in with a recovery code. 9 are left.');
    const other = await otherDevice(stage.sample.origin, {
      username: NAME,
      password: PASSWORD,
      recoveryCode: stage.codes[1]!,
    });
    await stage.tab.page.reload();
    await stage.visitor.heading('Your account');
    await stage.visitor.press('End all other sessions');
    await stage.visitor.sees('All other sessions have ended.');
    expect(await other.get('/me')).toBe(401);
  });
}
