import { Session } from 'node:inspector/promises';
import { type SelfTimes, selfTimesOf } from './self-times.js';

const INTERVAL_MICROSECONDS = 250;

/** The sampling profiler of this process. */
export class CpuProfile {
  private readonly session = new Session();

  async start(): Promise<void> {
    this.session.connect();
    await this.session.post('Profiler.enable');
    await this.session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROSECONDS });
    await this.session.post('Profiler.start');
  }

  async stop(): Promise<SelfTimes> {
    const { profile } = await this.session.post('Profiler.stop');
    this.session.disconnect();
    return selfTimesOf(profile);
  }
}
