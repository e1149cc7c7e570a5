import { useNavigate, useSearch } from '@tanstack/react-router';
import { Segmented } from '../../ui/bits.tsx';
import { Payers } from './payers.tsx';
import { Registered } from './registered.tsx';

/** Everyone who ever paid, and those who were created with name and e-mail. */
export function Users() {
  const { who = 'paid' } = useSearch({ from: '/users' });
  const navigate = useNavigate({ from: '/users' });
  const choice = (
    <Segmented
      label="Which users"
      value={who}
      options={[
        { value: 'paid', label: 'Everyone who paid' },
        { value: 'registered', label: 'Registered' },
      ]}
      onChange={(value) => navigate({ search: { who: value === 'paid' ? undefined : value } })}
    />
  );
  return who === 'paid' ? <Payers choice={choice} /> : <Registered choice={choice} />;
}
