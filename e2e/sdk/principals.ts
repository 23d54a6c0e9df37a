import { expect } from 'vitest';
import { changeable, id, ids, made, member, ownerOf, person, type Walks } from './expected.ts';

/** Users, applications and groups. */
export const principals: Walks = {
  users: async ({ iam, organizationId }) => {
    const ada = await member(iam, 'ada');
    const shown = {
      ...{
        ...person,
        id,
        email: 'ada@example.org',
        username: 'ada',
        locale: 'en_US',
        organizationId,
        deletable: true,
      },
      ...{ type: 'member', twoFactorEnabled: false, status: 'activated', mfa: false, accountRootUserId: '' },
      ...{ tags: [], locked: false, ...made },
    };
    expect(ada).toEqual(shown);
    const userId = ada.id;
    expect(await iam.getUser({ userId })).toEqual(shown);
    const changed = await iam.updateUser({ userId, firstName: 'Ada', tags: ['a'], email: 'ada@example.com' });
    expect(changed).toEqual({ ...shown, firstName: 'Ada', tags: ['a'], email: 'ada@example.com' });
    expect((await iam.updateUserUsername({ userId, username: 'countess' })).username).toBe('countess');
    expect(await iam.updateUserPassword({ userId, password: 'another long password' })).toMatchObject({ id: userId });
    expect((await iam.lockUser({ userId })).locked).toBe(true);
    expect((await iam.unlockUser({ userId })).locked).toBe(false);
    expect(ids(await iam.listUsers({ userIds: [userId], type: 'member', tag: 'a', mfa: false }).all())).toEqual([
      userId,
    ]);
    expect(await ownerOf(iam)).toMatchObject({ type: 'owner', deletable: false, organizationId });
    expect(await iam.deleteUser({ userId })).toBeUndefined();
  },

  'applications, more than a page of them': async ({ iam, organizationId }) => {
    const shown = {
      id,
      name: 'ci',
      description: 'Builds',
      tags: ['paged', 'b'],
      organizationId,
      nbApiKeys: 0,
      ...made,
      ...changeable,
    };
    const application = await iam.createApplication({ name: 'ci', description: 'Builds', tags: ['paged', 'b'] });
    expect(application).toEqual(shown);
    const applicationId = application.id;
    expect(await iam.getApplication({ applicationId })).toEqual(shown);
    const changed = await iam.updateApplication({ applicationId, description: '', tags: ['paged'] });
    expect(changed).toEqual({ ...shown, description: '', tags: ['paged'] });
    const tags = { tags: ['paged'] };
    const all = [applicationId];
    for (let index = 0; index < 44; index += 1) {
      all.push((await iam.createApplication({ name: `app-${index}`, description: '', ...tags })).id);
    }
    const { applications, totalCount } = await iam.listApplications({ tag: 'paged' });
    expect([ids(applications), totalCount]).toEqual([all.slice(0, 20), 45]);
    expect(ids(await iam.listApplications({ tag: 'paged' }).all())).toEqual(all);
    expect(ids(await iam.listApplications({ tag: 'paged', pageSize: 7, orderBy: 'created_at_desc' }).all())).toEqual(
      all.toReversed(),
    );
    const walked: string[] = [];
    for await (const page of iam.listApplications({ tag: 'paged', pageSize: 10 })) walked.push(...ids(page));
    expect(walked).toEqual(all);
    for (const one of all) expect(await iam.deleteApplication({ applicationId: one })).toBeUndefined();
    expect(await iam.listApplications({ tag: 'paged' })).toEqual({ applications: [], totalCount: 0 });
  },

  groups: async ({ iam, organizationId }) => {
    const [application, user] = [
      await iam.createApplication({ name: 'app', description: '' }),
      await member(iam, 'grace'),
    ];
    const group = await iam.createGroup({ name: 'ops', description: 'Operators', tags: ['a'] });
    const shown = { id, name: 'ops', description: 'Operators', tags: ['a'], organizationId, ...made, ...changeable };
    const [nobody, both] = [
      { userIds: [], applicationIds: [] },
      { userIds: [user.id], applicationIds: [application.id] },
    ];
    expect(group).toMatchObject({ ...shown, ...nobody });
    const groupId = group.id;
    expect(await iam.addGroupMember({ groupId, userId: user.id })).toMatchObject({ ...both, applicationIds: [] });
    expect(await iam.removeGroupMember({ groupId, userId: user.id })).toMatchObject(nobody);
    expect(await iam.addGroupMembers({ groupId, ...both })).toMatchObject(both);
    expect(await iam.setGroupMembers({ groupId, ...nobody })).toMatchObject(nobody);
    expect(await iam.setGroupMembers({ groupId, ...both })).toMatchObject(both);
    expect(await iam.updateGroup({ groupId, name: 'operators' })).toMatchObject({
      ...shown,
      name: 'operators',
      ...both,
    });
    expect(await iam.getGroup({ groupId })).toMatchObject({ ...shown, name: 'operators', ...both });
    expect(ids(await iam.listGroups({ name: 'operators', userIds: [user.id], tag: 'a' }).all())).toEqual([groupId]);
    expect(await iam.deleteGroup({ groupId })).toBeUndefined();
  },
};
