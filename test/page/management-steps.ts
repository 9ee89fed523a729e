import { expect, it } from 'vitest';
import { otherDevice } from './other-device.js';
import { NAME, PASSWORD, type Stage } from './stage.js';

/** Changes and removes factors, and loses the session. */
export function managementSteps(stage: Stage): void {
  it('renames factors, changes the default, and removes them', async () => {
    await stage.visitor.press('Rename Laptop');
    await stage.see('rename');
    await stage.visitor.fill('New name', 'Work laptop');
    await stage.tab.page.keyboard.press('Enter');
    await stage.visitor.sees('It is called Work laptop now.');
    await stage.visitor.press(/^Make default E-mail/);
    await stage.visitor.sees('is the default now.');
    expect(await stage.factor('E-mail').textContent()).toContain('default, ');
    await stage.visitor.press('Remove Work laptop');
    await stage.see('remove');
    await stage.visitor.press('Cancel');
    expect(await stage.factor('Work laptop').count()).toBe(1);
    await stage.visitor.press('Remove Work laptop');
    await stage.visitor.press('Remove');
    await stage.visitor.sees('Work laptop was removed.');
    expect(await stage.factor('Work laptop').count()).toBe(0);
    // The browser's password manager was told which passkeys are right.
    await expect.poll(() => stage.tab.passkeys()).toBe(0);
  });

  it('says so when its session was ended elsewhere', async () => {
    const other = await otherDevice(stage.sample.origin, {
      username: NAME,
      password: PASSWORD,
      recoveryCode: stage.codes[2]!,
    });
    await other.endOthers();
    await stage.visitor.press('Pay out');
    await stage.visitor.isRefused('Your session has ended.');
    await stage.visitor.heading('Sign in');
    expect(await stage.tab.page.evaluate('sessionStorage.length')).toBe(0);
  });
}
