import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether the page can be tested here. CI never goes without. */
export const hasBrowser = existsSync(CHROMIUM) || process.env['CI'] === 'true';

/** One tab of a browser, and what it must not have done. */
export class Tab {
  readonly complaints: string[] = [];
  private authenticatorId = '';

  private constructor(
    private readonly browser: Browser,
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly devtools: CDPSession,
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
    return new Tab(browser, context, page, await context.newCDPSession(page), origin);
  }

  /** Plugs in an authenticator that keeps passkeys and checks its user, as a phone does. */
  async plugInAuthenticator(): Promise<void> {
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

  /** Does something in a window that is zoomed: the size in pixels of CSS, and how many of the screen each one takes. */
  async zoomed<T>(
    size: { width: number; height: number; deviceScaleFactor: number },
    act: () => Promise<T>,
  ): Promise<T> {
    await this.devtools.send('Emulation.setDeviceMetricsOverride', { ...size, mobile: false });
    try {
      const result = await act();
      const ratio = await this.page.evaluate<number>('devicePixelRatio');
      if (ratio !== size.deviceScaleFactor) throw new Error('The window did not stay zoomed.');
      return result;
    } finally {
      await this.devtools.send('Emulation.clearDeviceMetricsOverride');
      // Playwright sets a size only if it is another one than it has set before.
      const before = this.page.viewportSize()!;
      await this.page.setViewportSize({ ...before, height: before.height + 1 });
      await this.page.setViewportSize(before);
    }
  }

  /** Leaves a picture of the page in `test/page/screens/`. */
  async photograph(name: string): Promise<void> {
    await this.page.screenshot({ path: pathOf(name), fullPage: true });
  }

  /** Leaves a picture of what the window shows. Playwright's own sets the size of the window again. */
  async photographWindow(name: string): Promise<void> {
    const { data } = await this.devtools.send('Page.captureScreenshot', { format: 'png' });
    await writeFile(pathOf(name), data, 'base64');
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

function pathOf(picture: string): string {
  return join(import.meta.dirname, 'screens', `${picture}.png`);
}
