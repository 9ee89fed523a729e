import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorName } from '../core/error-name.js';
import { randomFraction } from '../crypto/randomness.js';
import { Upkeep } from './upkeep.js';
import { UpkeepOptions } from './upkeep-options.js';

/** Runs the upkeep at intervals, unless the application has turned it off. */
@Injectable()
export class UpkeepTimer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('MfaModule');
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private isStopped = false;

  constructor(
    private readonly upkeep: Upkeep,
    private readonly options: UpkeepOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.wait();
  }

  /** Waits for a running purge: the database closes after this. */
  async onModuleDestroy(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  // At random times, because instances that start together would otherwise purge together.
  private wait(): void {
    const { everySeconds } = this.options;
    if (everySeconds === false || this.isStopped) return;
    this.timer = setTimeout(() => void this.tick(), everySeconds * 1000 * (0.5 + randomFraction()));
    this.timer.unref();
  }

  private async tick(): Promise<void> {
    this.running = this.run();
    await this.running;
    this.wait();
  }

  private async run(): Promise<void> {
    try {
      // Until nothing is left: strangers can make more rows than one purge removes.
      for (let isDone = false; !isDone && !this.isStopped;) isDone = (await this.upkeep.purge()).done;
    } catch (error) {
      // The next purge may succeed. Only the name is logged, because drivers' messages may have parameters.
      this.logger.error(`The purge failed: ${errorName(error)}`);
    }
  }
}
