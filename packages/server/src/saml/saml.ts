import { alreadyExists, invalidArgument, preconditionFailed } from '@bailiwick/contract';
import type { Authorized } from '../authorization/authorized.ts';
import type { Handler, Settings } from '../context.ts';
import { getOrganization, updateOrganization } from '../organizations/store.ts';
import type { Storage } from '../storage/storage.ts';
import { listCertificates } from './certificate-store.ts';
import { deleteSaml, findSaml, getOrganizationSaml, getSaml, insertSaml, type SamlRow, updateSaml } from './store.ts';

export const get: Handler<'saml.get'> = async ({ storage, scope, settings }) =>
  toSaml(storage.db, scope, settings, await getOrganizationSaml(storage.db, scope));

export const enable: Handler<'saml.enable'> = (context) =>
  context.change(async (change) => {
    const { organizationId } = change.scope;
    if (await findSaml(change.db, change.scope))
      throw alreadyExists(
        'organization_saml',
        organizationId,
        'the organization has a SAML configuration: change that',
      );
    const id = context.ids.uuid();
    await insertSaml(change, id);
    change.touches(id);
    return toSaml(change.db, change.scope, context.settings, await getSaml(change.db, change.scope, id));
  });

export const update: Handler<'saml.update'> = (context, { saml_id: id, ...changes }) =>
  context.change(async (change) => {
    await getSaml(change.db, change.scope, id);
    if (changes.single_sign_on_url !== undefined && !URL.canParse(changes.single_sign_on_url))
      throw invalidArgument('single_sign_on_url', 'format', 'value must be an address that begins with https://');
    await updateSaml(change, id, changes);
    change.touches(id);
    return toSaml(change.db, change.scope, context.settings, await getSaml(change.db, change.scope, id));
  });

/** Sign-in by it ends with it, so another way must be there (docs/decisions/0028-federation.md). */
export const remove: Handler<'saml.delete'> = (context, { saml_id: id }) =>
  context.change(async (change) => {
    await getSaml(change.db, change.scope, id);
    const organization = await getOrganization(change.db, change.scope);
    const others =
      organization.login_password_enabled + organization.login_magic_code_enabled + organization.login_oauth2_enabled;
    if (organization.login_saml_enabled === 1) {
      if (others === 0)
        throw preconditionFailed('resource_still_in_use', 'SAML is the only way to sign in: enable another one first');
      await updateOrganization(change, { login_saml_enabled: 0 });
    }
    await deleteSaml(change, id);
    change.touches(id);
    return undefined;
  });

/** Whether people can sign in by it. */
export async function isUsable(db: Storage['db'], scope: Authorized): Promise<boolean> {
  const row = await findSaml(db, scope);
  return row !== undefined && (await statusOf(db, scope, row)) === 'valid';
}

/** The first thing that is missing (docs/wire.md). */
async function statusOf(db: Storage['db'], scope: Authorized, row: SamlRow) {
  if ((await listCertificates(db, scope, row.id)).length === 0) return 'missing_certificate';
  if (row.entity_id === '') return 'missing_entity_id';
  return row.single_sign_on_url === '' ? 'missing_single_sign_on_url' : 'valid';
}

/** What an identity provider knows an organization by. */
export function serviceProviderOf({ publicUrl }: Pick<Settings, 'publicUrl'>, id: string) {
  return {
    entity_id: `${publicUrl()}/saml/${id}`,
    assertion_consumer_service_url: `${publicUrl()}/iam/v1/saml/${id}/login`,
  };
}

async function toSaml(db: Storage['db'], scope: Authorized, settings: Settings, row: SamlRow) {
  return {
    id: row.id,
    status: await statusOf(db, scope, row),
    service_provider: serviceProviderOf(settings, row.id),
    entity_id: row.entity_id,
    single_sign_on_url: row.single_sign_on_url,
  } as const;
}
