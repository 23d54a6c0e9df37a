import { notFound } from '@bailiwick/contract';
import type { Authorized } from '../authorization/authorized.ts';
import type { Handler, QuotaValue, Services } from '../context.ts';
import { pageOf } from '../storage/pages.ts';
import { isQuotaName, type QuotaName, quotaDefinitions, quotaValue } from './limits.ts';

const names = (Object.keys(quotaDefinitions) as QuotaName[]).sort();

export const list: Handler<'quotas.list'> = async (context, input) => {
  const wanted = input.quotum_names;
  const { rows, total } = pageOf(wanted === undefined ? names : names.filter((name) => wanted.includes(name)), input);
  return { quota: await Promise.all(rows.map((name) => readQuota(context, context.scope, name))), total_count: total };
};

export const get: Handler<'quotas.get'> = async (context, { quotum_name: name }) => {
  if (!isQuotaName(name)) throw notFound('quotum', name);
  return readQuota(context, context.scope, name);
};

async function readQuota({ storage, settings }: Services, scope: Authorized, name: QuotaName) {
  const value = limitOf(await quotaValue(storage, settings.quotas, scope, name));
  const { prettyName, unit, description } = quotaDefinitions[name];
  return {
    name,
    pretty_name: prettyName,
    unit,
    description,
    locality_type: 'global' as const,
    limits: [{ global: true, ...value }],
    ...value,
  };
}

const limitOf = (value: QuotaValue) => (value === null ? { unlimited: true } : { limit: value });
