import type { Accountv3 } from '@scaleway/sdk-account';
import type { Iamv1alpha1 } from '@scaleway/sdk-iam';
import { expect } from 'vitest';
import { ids, member, ownerOf, type Walks } from './expected.ts';

/** What lists are asked beside pages: in every order, with words that mean nothing, within times. */
export const lists: Walks = {
  'lists, in every order that the SDK has a word for': async ({ iam, projects, organizationId }) => {
    const { id: audienceId } = await ownerOf(iam);
    for (const name of ['beta', 'Alpha', 'gamma']) {
      await member(iam, name.toLowerCase());
      const { id: applicationId } = await iam.createApplication({ name, description: '' });
      await iam.createAPIKey({ applicationId, description: '', expiresAt: new Date(Date.now() + 3_600_000) });
      await iam.createGroup({ name, description: '' });
      await iam.createPolicy({ name, description: '', applicationId });
      await projects.createProject({ name, description: '' });
      await iam.createJWT({ userId: audienceId, referrer: 'https://example.org' });
    }
    const dates = { created_at_asc: 'createdAt', created_at_desc: 'createdAt' } as const;
    const updates = { updated_at_asc: 'updatedAt', updated_at_desc: 'updatedAt' } as const;
    const names = { name_asc: 'name', name_desc: 'name' } as const;
    await inEveryOrder<Iamv1alpha1.ListApplicationsRequestOrderBy, Iamv1alpha1.Application>(
      { ...dates, ...updates, ...names },
      (orderBy) => iam.listApplications({ orderBy }),
    );
    await inEveryOrder<Iamv1alpha1.ListGroupsRequestOrderBy, Iamv1alpha1.Group>(
      { ...dates, ...updates, ...names },
      (orderBy) => iam.listGroups({ orderBy }),
    );
    await inEveryOrder<Iamv1alpha1.ListUsersRequestOrderBy, Iamv1alpha1.User>(
      {
        ...{ ...dates, ...updates, email_asc: 'email', email_desc: 'email', last_login_asc: 'lastLoginAt' },
        ...{ last_login_desc: 'lastLoginAt', username_asc: 'username', username_desc: 'username' },
      },
      (orderBy) => iam.listUsers({ orderBy }),
    );
    await inEveryOrder<Iamv1alpha1.ListAPIKeysRequestOrderBy, Iamv1alpha1.APIKey>(
      {
        ...{ ...dates, ...updates, expires_at_asc: 'expiresAt', expires_at_desc: 'expiresAt' },
        ...{ access_key_asc: 'accessKey', access_key_desc: 'accessKey' },
      },
      (orderBy) => iam.listAPIKeys({ orderBy }),
    );
    await inEveryOrder<Iamv1alpha1.ListPoliciesRequestOrderBy, Iamv1alpha1.Policy>(
      { ...dates, policy_name_asc: 'name', policy_name_desc: 'name' },
      (orderBy) => iam.listPolicies({ orderBy }),
    );
    await inEveryOrder<Iamv1alpha1.ListSSHKeysRequestOrderBy, Iamv1alpha1.SSHKey>(
      { ...dates, ...updates, ...names },
      (orderBy) => iam.listSSHKeys({ orderBy }),
    );
    await inEveryOrder<Iamv1alpha1.ListJWTsRequestOrderBy, Iamv1alpha1.JWT>({ ...dates, ...updates }, (orderBy) =>
      iam.listJWTs({ audienceId, orderBy }),
    );
    await inEveryOrder<Iamv1alpha1.ListLogsRequestOrderBy, Iamv1alpha1.Log>(dates, (orderBy) =>
      iam.listLogs({ orderBy }),
    );
    await inEveryOrder<Iamv1alpha1.ListQuotaRequestOrderBy, Iamv1alpha1.Quotum>(names, (orderBy) =>
      iam.listQuota({ orderBy }),
    );
    // When they were made is not told.
    await inEveryOrder<Iamv1alpha1.ListPermissionSetsRequestOrderBy, Iamv1alpha1.PermissionSet>(
      { ...names, created_at_asc: null, created_at_desc: null },
      (orderBy) => iam.listPermissionSets({ orderBy, pageSize: 100 }),
    );
    await inEveryOrder<Accountv3.ListProjectsRequestOrderBy, Accountv3.Project>({ ...dates, ...names }, (orderBy) =>
      projects.listProjects({ orderBy, organizationId }),
    );
  },

  'lists, with the words that mean no filter': async ({ iam }) => {
    expect(ids(await iam.listUsers({ type: 'unknown_type' }).all())).toEqual(ids(await iam.listUsers().all()));
    const keys = await iam.listAPIKeys().all();
    expect(await iam.listAPIKeys({ bearerType: 'unknown_bearer_type' }).all()).toEqual(keys);
    const { totalCount } = await iam.listLogs();
    const all = await iam.listLogs({ action: 'unknown_action', resourceType: 'unknown_resource_type' });
    expect(all.totalCount).toBe(totalCount);
  },

  'lists, within times': async ({ iam }) => {
    const logs = await iam.listLogs({ orderBy: 'created_at_asc', pageSize: 100 }).all();
    // Another zone would be hours away; what the SDK has no digits for is less than a millisecond.
    const middle = logs[Math.floor(logs.length / 2)]?.createdAt ?? new Date();
    const later = await iam.listLogs({ createdAfter: middle, orderBy: 'created_at_asc', pageSize: 100 }).all();
    const isLater = ({ createdAt }: Iamv1alpha1.Log) => (createdAt ?? 0) > middle;
    expect(ids(later.filter(isLater))).toEqual(ids(logs.filter(isLater)));
    expect(later.length).toBeLessThan(logs.length);
  },
};

/** Asks for each word, and compares with the field that it is about; null where none tells. */
async function inEveryOrder<Word extends string, Item>(
  fields: Readonly<Record<Word, keyof Item | null>>,
  list: (orderBy: Word) => { all(): Promise<readonly Item[]> },
): Promise<void> {
  const counts = new Set<number>();
  for (const word in fields) {
    const field = fields[word];
    const items = await list(word).all();
    counts.add(items.length);
    if (field === null) continue;
    const values = items.flatMap((item) => comparable(item[field]));
    const sorted = values.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
    expect(values, word).toEqual(word.endsWith('_desc') ? sorted.toReversed() : sorted);
  }
  expect(counts.size).toBe(1);
}

/** Nothing has no place among values. */
function comparable(value: unknown): readonly (string | number)[] {
  if (value instanceof Date) return [value.getTime()];
  return typeof value === 'string' ? [value.toLowerCase()] : [];
}
