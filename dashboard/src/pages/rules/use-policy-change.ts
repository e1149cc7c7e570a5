import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Policy, policyQuery } from '../../api/policy.ts';
import { told } from '../../ui/toast.tsx';

/** Changes the policy and shows what is in force then. */
export function usePolicyChange<T>(change: (body: T) => Promise<Policy>, done: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (policy) => {
      told(done, `Policy version ${policy.version}.`);
      client.setQueryData(policyQuery().queryKey, policy);
      for (const key of ['policy', 'rules', 'rule', 'lists']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
