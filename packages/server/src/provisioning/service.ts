import { notFound, scimMaximumPage } from '@bailiwick/contract';
import type { Context, Handler } from '../context.ts';
import { addressOf } from './address.ts';
import { toList } from './lists.ts';
import { schemas } from './schemas.ts';

/** What the service says of itself (RFC 7643, sections 5 to 7; RFC 7644, section 4). */
const core = (name: string) => `urn:ietf:params:scim:schemas:core:2.0:${name}`;

const fromFirst = { offset: 0, limit: scimMaximumPage };

export const configuration: Handler<'scimService.configuration'> = async (context, { scim_id: scimId }) => ({
  schemas: [core('ServiceProviderConfig')],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: scimMaximumPage },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'SCIM token',
      description: 'A token of this SCIM configuration, as `Authorization: Bearer …`',
      specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
      primary: true,
    },
  ],
  meta: {
    resourceType: 'ServiceProviderConfig',
    location: `${addressOf(context, scimId)}/ServiceProviderConfig`,
  },
});

export const listResourceTypes: Handler<'scimService.listResourceTypes'> = async (context, { scim_id: scimId }) => {
  const types = resourceTypes(context, scimId);
  return toList(types, types.length, fromFirst);
};

export const getResourceType: Handler<'scimService.getResourceType'> = async (context, { scim_id: scimId, name }) => {
  const type = resourceTypes(context, scimId).find(({ id }) => id === name);
  if (!type) throw notFound('resource type', name);
  return type;
};

export const listSchemas: Handler<'scimService.listSchemas'> = async (context, { scim_id: scimId }) => {
  const described = describedSchemas(context, scimId);
  return toList(described, described.length, fromFirst);
};

export const getSchema: Handler<'scimService.getSchema'> = async (context, { scim_id: scimId, urn }) => {
  const schema = describedSchemas(context, scimId).find(({ id }) => id === urn);
  if (!schema) throw notFound('schema', urn);
  return schema;
};

const resourceTypes = (context: Context, scimId: string) =>
  schemas.map(({ id, name, description }) => ({
    schemas: [core('ResourceType')],
    id: name,
    name,
    description,
    endpoint: `/${name}s`,
    schema: id,
    meta: { resourceType: 'ResourceType', location: `${addressOf(context, scimId)}/ResourceTypes/${name}` },
  }));

const describedSchemas = (context: Context, scimId: string) =>
  schemas.map((schema) => ({
    schemas: [core('Schema')],
    ...schema,
    meta: { resourceType: 'Schema', location: `${addressOf(context, scimId)}/Schemas/${schema.id}` },
  }));
