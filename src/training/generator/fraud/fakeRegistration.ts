import { drawPace, habitual } from '../payment.ts';
import { createPerson, drawPlace, moveTo, newEmail, newIp } from '../people.ts';
import type { Scheme } from './scheme.ts';
import { commit, drawHideout, from, online, shopWithAccounts } from './scheme.ts';

/** A bot opens accounts: many names from one device or one network, with mailboxes made for it. */
export const fakeRegistration: Scheme = {
  kind: 'fake_registration',
  share: 0.06,
  size: [6, 24],
  run(world, time, size) {
    const { random } = world;
    const place = drawPlace(random);
    const hideout = drawHideout(world, place);
    const pace = drawPace(random);
    const disposable = random.chance(0.55);
    // One mailbox under many spellings, or a new one each time.
    const mailbox = random.chance(0.3) ? newEmail(world, 'gmail.com').split('@')[0] : undefined;
    const changing = random.chance(0.3);
    const shop = shopWithAccounts(world);
    let planned = 0;
    let at = time;
    for (let i = 0; i < size; i++) {
      const person = createPerson(world, at, 0, -1);
      moveTo(world, person, place);
      const payment = habitual(world, person, shop, at);
      from(payment, hideout);
      online(random, payment);
      if (changing) payment.ip = newIp(random);
      payment.email = mailbox
        ? `${mailbox}+${i}@gmail.com`
        : disposable
          ? newEmail(world, 'mailinator.com')
          : person.email;
      payment.type = 'registration';
      planned += commit(world, payment, 'fake_registration');
      at += pace();
    }
    return planned;
  },
};
