import type { Logger } from 'pino';
import type { Services } from '../context.ts';
import { sweepGracePeriods } from './sweep.ts';

/** Seconds between looks for periods that have ended. */
const pause = 30;

/** Looks for ended grace periods as long as the server runs. @returns how to stop; what is under way is finished first */
export function scheduleGracePeriods(services: Services, log: Logger): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  const look = () => {
    underWay ??= sweepGracePeriods(services)
      .then((taken) => {
        if (taken > 0) log.info({ taken }, 'grace periods have ended or were reminded of');
      })
      // It is looked for again in a while.
      .catch((failure: unknown) => log.error({ err: failure }, 'grace periods could not be looked for'))
      .finally(() => {
        underWay = undefined;
      });
  };
  const timer = setInterval(look, pause * 1000);
  look();
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}
