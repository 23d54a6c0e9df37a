import type { Types } from '../dialect.ts';
import { organizations } from './0001-organizations.ts';
import { principals } from './0002-principals.ts';
import { policies } from './0003-policies.ts';
import { credentials } from './0004-credentials.ts';
import { audit } from './0005-audit.ts';
import { knownPermissionSets } from './0006-known-permission-sets.ts';
import { noEscalation } from './0007-no-escalation.ts';
import { listOrders } from './0008-list-orders.ts';
import { outbox } from './0009-outbox.ts';
import { signIn } from './0010-sign-in.ts';
import { mail } from './0011-mail.ts';
import { signInGrants } from './0012-sign-in-grants.ts';
import { secondFactors } from './0013-second-factors.ts';
import { compatibility } from './0014-compatibility.ts';
import { logTree } from './0015-log-tree.ts';
import { federation } from './0018-federation.ts';
import { samlSignIn } from './0019-saml-sign-in.ts';

/** Statements of every migration, in order. Only forward: a released one is never changed. */
export const migrations: Readonly<Record<string, (types: Types) => readonly string[]>> = {
  '0001-organizations': organizations,
  '0002-principals': principals,
  '0003-policies': policies,
  '0004-credentials': credentials,
  '0005-audit': audit,
  '0006-known-permission-sets': knownPermissionSets,
  '0007-no-escalation': noEscalation,
  '0008-list-orders': listOrders,
  '0009-outbox': outbox,
  '0010-sign-in': signIn,
  '0011-mail': mail,
  '0012-sign-in-grants': signInGrants,
  '0013-second-factors': secondFactors,
  '0014-compatibility': compatibility,
  '0015-log-tree': logTree,
  '0018-federation': federation,
  '0019-saml-sign-in': samlSignIn,
};
