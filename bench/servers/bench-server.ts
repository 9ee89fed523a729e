import type { BenchDatabase } from '../database.js';
import type { AdapterKind, Factor } from '../selection.js';

/** Who competes. */
export type Competitor = 'module' | 'hand-written' | 'better-auth';

/** What a server is started with. */
export interface ServerSettings {
  competitor: Competitor;
  adapter: AdapterKind;
  database: BenchDatabase;
}

/** A server that can be measured, as its own process sees it. */
export interface BenchServer {
  port: number;
  /** Adds people without a second factor. */
  addPeople(count: number): Promise<void>;
  /** Turns MFA on for everybody and returns the keys of their authenticator apps. */
  enrol(factor: Factor): Promise<string[]>;
  /** Moves the clock of the application and returns its time in milliseconds. */
  advance(seconds: number): number;
}
