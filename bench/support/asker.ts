import { call, type Server } from './server.ts';

/** An application that may read identities and change nothing. */
export interface Asker {
  readonly policyId: string;
  readonly secretKey: string;
  /** What gives it its right. */
  readonly rules: readonly object[];
}

export async function createAsker(server: Server): Promise<Asker> {
  const post = async <T>(collection: string, body: unknown) =>
    (await (await call(server, `/iam/v1alpha1/${collection}`, body)).json()) as T;
  const { id } = await post<{ readonly id: string }>('applications', { name: 'asker' });
  const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id: server.organizationId }];
  const policy = await post<{ readonly id: string }>('policies', { name: 'asker', application_id: id, rules });
  const { secret_key: secretKey } = await post<{ readonly secret_key: string }>('api-keys', { application_id: id });
  return { policyId: policy.id, secretKey, rules };
}
