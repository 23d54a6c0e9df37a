import { alreadyExists, formatDuration, invalidArgument, parseDuration, preconditionFailed } from '@bailiwick/contract';
import { permissionsDenied } from '../authorization/authorize.ts';
import type { Handler } from '../context.ts';
import { followSettings } from '../grace-periods/grace-periods.ts';
import { isUsable } from '../saml/saml.ts';
import type { Bit } from '../storage/schema.ts';
import { queueNotEnforcedNotice } from '../users/mail.ts';
import { findAlias, getOrganization, type OrganizationRow, updateOrganization } from './store.ts';

export const get: Handler<'organizations.get'> = async ({ storage, scope }) =>
  toOrganization(await getOrganization(storage.db, scope));

/** Once: people have it in their bookmarks. */
export const setAlias: Handler<'organizations.setAlias'> = async (context, { alias }) => {
  const taken = () => alreadyExists('organization', alias, 'another organization has this alias: choose another');
  try {
    return await context.change(async (change) => {
      const organization = await getOrganization(change.db, change.scope);
      if (organization.alias !== null)
        throw preconditionFailed('unknown_precondition', 'the alias is set already and stays as it is');
      if ((await findAlias(change.db, alias)) !== undefined) throw taken();
      await updateOrganization(change, { alias });
      change.touches(organization.id);
      return toOrganization(await getOrganization(change.db, change.scope));
    });
  } catch (failure) {
    // Changes of two organizations do not wait for each other, so both may find it free.
    if (context.storage.violatedConstraint(failure) !== null) throw taken();
    throw failure;
  }
};

export const updateLoginMethods: Handler<'organizations.updateLoginMethods'> = (context, input) =>
  context.change(async (change) => {
    const { organization_id: _, ...methods } = input;
    if (methods.login_oauth2_enabled)
      throw preconditionFailed('attribute_must_be_set', 'no identity provider is configured');
    if (methods.login_saml_enabled && !(await isUsable(change.db, change.scope)))
      throw preconditionFailed('attribute_must_be_set', 'there is no valid SAML configuration');
    const before = await getOrganization(change.db, change.scope);
    const after = { ...before, ...bits(methods) };
    if (
      after.login_password_enabled +
        after.login_magic_code_enabled +
        after.login_oauth2_enabled +
        after.login_saml_enabled ===
      0
    ) {
      throw invalidArgument('login_password_enabled', 'constraint', 'at least one way to sign in must stay enabled');
    }
    await updateOrganization(change, after);
    change.touches(before.id);
    return toOrganization(await getOrganization(change.db, change.scope));
  });

export const getSecuritySettings: Handler<'securitySettings.get'> = async ({ storage, scope }) =>
  toSecuritySettings(await getOrganization(storage.db, scope));

/** Seconds that a duration may have (docs/decisions/0006-limits.md). */
const bounds = {
  grace_period_duration: { least: 3600, most: 2_592_000, orZero: false },
  max_login_session_duration: { least: 3600, most: 2_592_000, orZero: false },
  max_api_key_expiration_duration: { least: 3600, most: 315_360_000, orZero: true },
} as const;

export const updateSecuritySettings: Handler<'securitySettings.update'> = (context, input) =>
  context.change(async (change) => {
    const { enforce_password_renewal: enforced, login_attempts_before_locked: attempts } = input;
    // Whoever else could turn it off could give itself everything.
    if (input.no_escalation !== undefined && !context.caller.actor.owner)
      throw permissionsDenied(['iam:security_settings:write'], context.catalogue);
    const before = await getOrganization(change.db, change.scope);
    await updateOrganization(change, {
      id: before.id,
      ...(enforced !== undefined && bits({ enforce_password_renewal: enforced })),
      ...(input.no_escalation !== undefined && bits({ no_escalation: input.no_escalation })),
      ...(input.enforce_mfa !== undefined && bits({ enforce_mfa: input.enforce_mfa })),
      ...(attempts !== undefined && { login_attempts_before_locked: attempts }),
      ...readDuration(input, 'grace_period_duration'),
      ...readDuration(input, 'max_login_session_duration'),
      ...readDuration(input, 'max_api_key_expiration_duration'),
    });
    const after = await getOrganization(change.db, change.scope);
    await followSettings(change, before, after);
    if (before.enforce_mfa === 1 && after.enforce_mfa === 0) await queueNotEnforcedNotice(context, change);
    change.touches(after.id);
    return toSecuritySettings(after);
  });

/** @throws ApiError `invalid_arguments` naming the bounds */
function readDuration<K extends keyof typeof bounds>(
  input: { readonly [N in K]?: string },
  name: K,
): { [N in K]?: number } {
  const text: string | undefined = input[name];
  if (text === undefined) return {};
  const seconds = parseDuration(text) ?? Number.NaN;
  const { least, most, orZero } = bounds[name];
  if ((seconds >= least && seconds <= most) || (orZero && seconds === 0))
    return { [name]: seconds } as { [N in K]?: number };
  const range = `value must be from ${formatDuration(least)} to ${formatDuration(most)}`;
  throw invalidArgument(name, 'constraint', orZero ? `${range}, or 0s for no limit` : range);
}

/** Flags as the database keeps them; those not given are left out. */
function bits<K extends string>(flags: { readonly [N in K]?: boolean }): { [N in K]?: Bit } {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, value ? 1 : 0])) as { [N in K]?: Bit };
}

function toOrganization(row: OrganizationRow) {
  return {
    id: row.id,
    name: row.name,
    alias: row.alias ?? '',
    login_password_enabled: row.login_password_enabled === 1,
    login_magic_code_enabled: row.login_magic_code_enabled === 1,
    login_oauth2_enabled: row.login_oauth2_enabled === 1,
    login_saml_enabled: row.login_saml_enabled === 1,
  };
}

function toSecuritySettings(row: OrganizationRow) {
  return {
    enforce_password_renewal: row.enforce_password_renewal === 1,
    grace_period_duration: formatDuration(row.grace_period_duration),
    login_attempts_before_locked: row.login_attempts_before_locked,
    max_login_session_duration: formatDuration(row.max_login_session_duration),
    max_api_key_expiration_duration: formatDuration(row.max_api_key_expiration_duration),
    // Ours: other services know nothing of them, so they show only where they are on.
    ...(row.no_escalation === 1 && { no_escalation: true }),
    ...(row.enforce_mfa === 1 && { enforce_mfa: true }),
  };
}
