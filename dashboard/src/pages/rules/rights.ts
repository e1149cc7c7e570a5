import { lacking, useSession } from '../../api/session.ts';
import type { Scope } from '../../api/types.ts';

/** What this key may do to the policy. `review` writes rules that decide nothing; what is live needs `policy`. */
export function useRights(): { live: boolean; draft: boolean; needs: (live: boolean) => Scope[] } {
  const session = useSession();
  const live = lacking(session, ['policy']).length === 0;
  const draft = live || lacking(session, ['review']).length === 0;
  return { live, draft, needs: (touchesLive) => (live || (draft && !touchesLive) ? [] : ['policy']) };
}
