import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether the page can be tested here. CI never goes without. */
export const hasBrowser = existsSync(CHROMIUM) || process.env['CI'] === 'true';

/** One tab of a browser, and what it must not have done. */
export class Tab {
  readonly complaints: string[] = [];
  private devtools!: CDPSession;
  private authenticatorId = '';

  private constructor(
    private readonly browser: Browser,
    readonly context: BrowserContext,
    readonly page: Page,
    origin: string,
  ) {
    page.on('console', (message) => {
      // A refusal of the API is an error for the browser's console.
      const isRefusal = message.text().startsWith('Failed to load resource: the server responded with a status of 4');
      if (message.type() === 'error' && !isRefusal) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) this.complaints.push(`a request to ${url}`);
    });
  }

  static async open(origin: string): Promise<Tab> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const context = await browser.newContext({ viewport: { width: 640, height: 900 }, locale: 'en-GB' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return new Tab(browser, context, page, origin);
  }

  /** Plugs in an authenticator that keeps passkeys and checks its user, as a phone does. */
  async plugInAuthenticator(): Promise<void> {
    this.devtools = await this.context.newCDPSession(this.page);
    await this.devtools.send('WebAuthn.enable');
    const { authenticatorId } = await this.devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    this.authenticatorId = authenticatorId;
  }

  /** How many passkeys the authenticator has. */
  async passkeys(): Promise<number> {
    const { authenticatorId } = this;
    return (await this.devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length;
  }

  /** Leaves a picture of the page in `test/page/screens/`. */
  async photograph(name: string): Promise<void> {
    await this.page.screenshot({ path: join(import.meta.dirname, 'screens', `${name}.png`), fullPage: true });
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
