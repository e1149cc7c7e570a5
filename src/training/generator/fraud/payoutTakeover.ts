import { habitual } from '../payment.ts';
import { MINUTE } from '../people.ts';
import type { Scheme } from './scheme.ts';
import { commit, drawFarPlace, drawHideout, drawVictim, from, online, shopWithAccounts } from './scheme.ts';

/** Someone else signs in to a seller's account and has it paid out to an account of their own. */
export const payoutTakeover: Scheme = {
  kind: 'payout_takeover',
  share: 0.04,
  size: [3, 6],
  run(world, time, size) {
    const { random } = world;
    // One mule's account takes what several victims lose.
    const payee = `acct_${world.newId('')}`;
    let planned = 0;
    let at = time;
    while (planned < size && at < world.end) {
      const victim = drawVictim(world);
      const hideout = drawHideout(world, random.chance(0.3) ? victim.place : drawFarPlace(random, victim.place));
      const login = habitual(world, victim, shopWithAccounts(world), at);
      from(login, hideout);
      online(random, login);
      const payout = { ...login, time: at + random.between(1, 40) * MINUTE, payee };
      payout.dollars = 220 * victim.level * random.logNormal(1.5, 0.5);
      planned += commit(world, { ...login, type: 'login' }, 'payout_takeover');
      planned += commit(world, { ...payout, type: 'payout' }, 'payout_takeover');
      at = payout.time + random.exponential(world.fit(90 * MINUTE));
    }
    return planned;
  },
};
