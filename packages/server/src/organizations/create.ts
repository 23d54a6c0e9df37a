import type { AuditEvent } from '@bailiwick/contract';
import type { Transaction } from 'kysely';
import { insertApiKey } from '../api-keys/store.ts';
import { type Authorized, authorizedPlatform } from '../authorization/authorized.ts';
import type { Change, Services } from '../context.ts';
import { insertPolicy, nobody } from '../policies/store.ts';
import { replaceRules } from '../rules/store.ts';
import { changeWithin } from '../storage/change.ts';
import type { Database, GroupTable } from '../storage/schema.ts';
import { sortKey } from '../storage/sort-key.ts';
import { hashPassword } from '../users/passwords.ts';
import { defaultGroups, specialGroups } from './presets.ts';

/** What an organization is born with; whatever is left out is generated. */
export interface NewOrganization {
  readonly name: string;
  readonly id?: string;
  readonly ownerEmail: string;
  readonly ownerPassword: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
}

/** Shown once: where the owner's secrets are. */
export interface BornOrganization {
  readonly organizationId: string;
  readonly ownerId: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

const platform = { kind: 'platform', id: '', ip: '', userAgent: '', requestId: '' } as const;

/**
 * Makes an organization with its default project, owner, groups, policies and the owner's first API key, in one
 * transaction. All of it stands in the log as the platform's work.
 */
export async function createOrganization(
  services: Services,
  organization: NewOrganization,
  around: {
    /** Work of the same transaction that must succeed first. */
    readonly before?: (db: Transaction<Database>) => Promise<void>;
    /** Keeps the credentials. It comes before the commit, so that there is no organization that nobody can enter. */
    readonly keep?: (born: BornOrganization, db: Transaction<Database>) => Promise<void>;
  } = {},
): Promise<BornOrganization> {
  const { storage, clock, ids } = services;
  const passwordHash = await hashPassword(organization.ownerPassword);
  const born: BornOrganization = {
    organizationId: organization.id ?? ids.uuid(),
    ownerId: ids.uuid(),
    accessKey: organization.accessKey ?? ids.accessKey(),
    secretKey: organization.secretKey ?? ids.uuid(),
  };
  await storage.transaction(async (db) => {
    await around.before?.(db);
    const scope = authorizedPlatform(born.organizationId);
    await db
      .insertInto('organizations')
      .values({ id: born.organizationId, name: organization.name, alias: null, created_at: clock.now() })
      .execute();
    const step = (operation: string, event: AuditEvent, work: (change: Change) => Promise<unknown>) =>
      changeWithin(db, services, { scope, author: platform, operation, event }, work);
    await step('projects.create', created('project'), (change) => insertDefaultProject(change));
    await step('users.create', created('user'), (change) =>
      insertOwner(change, services, born, organization.ownerEmail, passwordHash),
    );
    for (const group of specialGroups)
      await step('groups.create', created('group'), (change) => insertGroup(change, services, group));
    for (const preset of defaultGroups) {
      const group = { ...preset, kind: 'ordinary' } as const;
      let groupId = '';
      await step('groups.create', created('group'), async (change) => {
        groupId = await insertGroup(change, services, group);
      });
      await step('policies.create', created('policy'), (change) =>
        insertPresetPolicy(change, services, preset, groupId),
      );
    }
    await step('apiKeys.create', created('api_key'), (change) => insertOwnerKey(change, services, born, scope));
    await around.keep?.(born, db);
  });
  return born;
}

const created = (resource: AuditEvent['resource']): AuditEvent => ({ resource, action: 'created' });

/** The default project has the organization's id. */
async function insertDefaultProject({ db, scope, now, touches }: Change): Promise<void> {
  const id = scope.organizationId;
  await db
    .insertInto('projects')
    .values({
      id,
      organization_id: id,
      name: 'default',
      name_sort: sortKey('default'),
      description: '',
      created_at: now,
      updated_at: now,
    })
    .execute();
  touches(id);
}

async function insertOwner(
  { db, scope, now, touches }: Change,
  { ids }: Services,
  born: BornOrganization,
  email: string,
  passwordHash: string,
): Promise<void> {
  await db
    .insertInto('users')
    .values({
      id: born.ownerId,
      organization_id: scope.organizationId,
      created_at: now,
      updated_at: now,
      type: 'owner',
      status: 'activated',
      email,
      email_sort: sortKey(email),
      username: email,
      username_key: email.toLowerCase(),
      first_name: '',
      last_name: '',
      phone_number: '',
      locale: 'en_US',
      password_hash: passwordHash,
      account_root_user_id: ids.uuid(),
      last_login_at: null,
      tags: '[]',
    })
    .execute();
  touches(born.ownerId);
}

async function insertGroup(
  { db, scope, now, touches }: Change,
  { ids }: Services,
  group: { readonly kind: GroupTable['kind']; readonly name: string; readonly description: string },
): Promise<string> {
  const id = ids.uuid();
  const special = group.kind !== 'ordinary';
  await db
    .insertInto('groups')
    .values({
      id,
      organization_id: scope.organizationId,
      created_at: now,
      updated_at: now,
      kind: group.kind,
      name: group.name,
      name_sort: sortKey(group.name),
      description: group.description,
      tags: '[]',
      editable: special ? 0 : 1,
      deletable: special ? 0 : 1,
      managed: special ? 1 : 0,
    })
    .execute();
  touches(id);
  return id;
}

async function insertPresetPolicy(
  change: Change,
  { ids, catalogue }: Services,
  preset: (typeof defaultGroups)[number],
  groupId: string,
): Promise<void> {
  const id = ids.uuid();
  await insertPolicy(change, {
    id,
    name: `Group - ${preset.name}`,
    description: preset.description,
    tags: [],
    principal: { ...nobody, group_id: groupId },
  });
  const rules = preset.rules.map((names) => {
    const sets = names.map((name) => {
      const set = catalogue.byName(name);
      if (!set) throw new Error(`the catalogue lacks ${name}, which a default policy grants`);
      return set;
    });
    return {
      id: ids.uuid(),
      scope: 'organization' as const,
      scopeType: sets[0]?.scope_type ?? ('unknown_scope_type' as const),
      condition: '',
      permissionSetIds: sets.map((set) => set.id),
      projectIds: [],
    };
  });
  await replaceRules(change, id, rules);
  change.touches(id);
}

async function insertOwnerKey(
  change: Change,
  { secrets }: Services,
  born: BornOrganization,
  scope: Authorized,
): Promise<void> {
  await insertApiKey(change, {
    access_key: born.accessKey,
    secret_hash: secrets.hash(born.secretKey),
    user_id: born.ownerId,
    application_id: null,
    description: 'First key of the owner',
    expires_at: null,
    default_project_id: scope.organizationId,
    creation_ip: '127.0.0.1',
  });
  change.touches(born.accessKey);
}
