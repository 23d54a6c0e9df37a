import { Type } from 'typebox';
import { Choice, Id, Time } from './fields.ts';
import { needsOrSelf, operation } from './operation.ts';

export const GracePeriod = Type.Object(
  {
    type: Choice(['unknown_grace_period_type', 'update_password', 'set_mfa'], 'What is to be done until its end'),
    created_at: Time('When it began'),
    expires_at: Time('When it ends, and a member is locked'),
  },
  { title: 'GracePeriod' },
);

const access = needsOrSelf('iam:grace_period:list', 'iam:self_grace_period:list', 'user_id');

export const gracePeriods = {
  list: operation({
    id: 'gracePeriods.list',
    method: 'GET',
    path: '/iam/v1alpha1/grace-periods',
    summary: 'List the grace periods of a user, your own by default',
    query: Type.Object({ user_id: Type.Optional(Id('User; yourself when left out')) }),
    output: Type.Object({ grace_periods: Type.Array(GracePeriod) }),
    errors: ['not_found'],
    access: { ...access, self: { permission: 'iam:self_grace_period:list', user: 'user_id', whenAbsent: 'caller' } },
  }),
};
