import type { Factor } from '../selection.js';
import type { SelfTimes } from './self-times.js';

/** What a server process does when it is asked over IPC. */
export interface Served {
  addPeople(count: number): Promise<void>;
  enrol(factor: Factor): Promise<string[]>;
  advance(seconds: number): Promise<number>;
  /** Milliseconds of CPU that the process has used. */
  cpu(): Promise<number>;
  startProfile(): Promise<void>;
  /** Where the time went since `startProfile`. */
  stopProfile(): Promise<SelfTimes>;
}

/** A call to the server process, and its answer. The answer to call 0 is the port, once the server listens. */
export interface ServedCall {
  id: number;
  name: keyof Served;
  parameters: unknown[];
}

export interface ServedAnswer {
  id: number;
  value?: unknown;
  error?: string;
}
