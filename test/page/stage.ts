import type { Locator } from 'playwright-core';
import { Tab } from './browser.js';
import { look } from './look.js';
import { RunningSample } from './running-sample.js';
import { Visitor } from './visitor.js';

export const [NAME, PASSWORD] = ['ada', 'correct horse battery'];

/** Where the walk runs: each database, with another web framework. */
export const ADAPTERS = { sqlite: 'express', postgres: 'fastify' } as const;
export type WalkedKind = keyof typeof ADAPTERS;

/** The sample, a browser that shows its page, and what the steps leave for the next ones. */
export class Stage {
  sample!: RunningSample;
  tab!: Tab;
  visitor!: Visitor;
  /** The recovery codes. */
  codes: string[] = [];

  constructor(private readonly kind: WalkedKind) {}

  async open(): Promise<void> {
    this.sample = await RunningSample.start({ HTTP_ADAPTER: ADAPTERS[this.kind] }, this.kind);
    this.tab = await Tab.open(this.sample.origin);
    this.visitor = new Visitor(this.tab.page);
    await this.tab.page.goto(this.sample.origin);
  }

  async close(): Promise<void> {
    await this.tab?.close();
    await this.sample?.stop();
  }

  /** Looks at the screen, which is the same over each database. */
  async see(name: string): Promise<void> {
    if (this.kind === 'sqlite') await look(this.tab, name);
  }

  /** A second factor in the list of the account. */
  factor(name: string): Locator {
    return this.tab.page.locator('.factors').getByRole('listitem').filter({ hasText: name });
  }
}
