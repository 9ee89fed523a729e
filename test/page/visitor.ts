import { TOTP } from 'otpauth';
import type { Locator, Page } from 'playwright-core';

/** What a person does on the page. Each step waits for what the page shows. */
export class Visitor {
  /** The key of the authenticator app. */
  secret = '';

  constructor(readonly page: Page) {}

  heading(name: string): Promise<void> {
    return this.page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
  }

  /** Waits for a screen whose heading has the focus, so a screen reader has said it. */
  arrives(name: string): Promise<void> {
    return this.page.locator('h1:focus', { hasText: name }).waitFor();
  }

  sees(text: string): Promise<void> {
    return this.page.getByText(text).first().waitFor();
  }

  /** Waits for an error that has the focus. */
  isRefused(text: string): Promise<void> {
    return this.page.locator('[role=alert]:focus', { hasText: text }).waitFor();
  }

  press(name: string | RegExp): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  fill(label: string, text: string): Promise<void> {
    return this.page.locator('input').and(this.page.getByLabel(label)).fill(text);
  }

  focused(): Promise<string> {
    return this.page.evaluate<string>('document.activeElement.textContent');
  }

  /** How many messages to somebody the inbox shows. The page reads it again only after an answer. */
  messagesTo(destination: string): Promise<number> {
    return this.inbox(destination).count();
  }

  /** Asks for a code, and reads it in the message to somebody that comes by it, which nothing may cover. */
  async isSent(destination: string, ask: () => Promise<void>): Promise<string> {
    const before = await this.messagesTo(destination);
    await ask();
    await this.inbox(destination).nth(before).waitFor();
    const message = this.inbox(destination).first();
    await message.click({ trial: true });
    return /\d{6}/.exec((await message.textContent())!.replace(destination, ''))![0];
  }

  /** A code of the authenticator app. A code works once, and that of the next window is right already. */
  codeOfApp(window: 0 | 1 = 0): string {
    return new TOTP({ secret: this.secret }).generate({ timestamp: Date.now() + window * 30_000 });
  }

  async signOut(): Promise<void> {
    await this.press('Sign out');
    await this.arrives('Sign in');
  }

  async passPassword(username: string, password: string): Promise<void> {
    await this.fill('Name', username);
    await this.fill('Password', password);
    await this.press('Sign in');
    await this.arrives('Second step');
  }

  private inbox(destination: string): Locator {
    return this.page.getByRole('log').getByRole('listitem').filter({ hasText: destination });
  }
}
