import type { OperationById, Output } from '@bailiwick/contract';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { session } from '../api/session.ts';
import type { PrincipalKind } from '../resources/principal-kinds.ts';
import { type Address, filled } from '../shell/address.ts';

export type Explanation = Output<OperationById<'decisions.explain'>>;

/** Whom a page asks about; whoever is signed in when nobody is chosen. */
export interface AskedPrincipal {
  readonly kind: PrincipalKind;
  readonly principal: string;
}

/** The question, as the address holds it: a question is a link. What was not said is empty. */
export interface Question extends AskedPrincipal {
  readonly permission: string;
  readonly project: string;
  readonly ip: string;
  readonly time: string;
  readonly agent: string;
  readonly name: string;
}

export const principalIn = ({ text }: Address): AskedPrincipal => ({
  kind: text('kind') === 'application_id' ? 'application_id' : 'user_id',
  principal: text('principal'),
});

export const questionIn = (address: Address): Question => ({
  ...principalIn(address),
  permission: address.text('permission'),
  project: address.text('project'),
  ip: address.text('ip'),
  time: address.text('time'),
  agent: address.text('agent'),
  name: address.text('name'),
});

/** Where the simulator has an answer to this. */
export const whyAddress = (question: Partial<Question>) => ({
  to: '/simulator',
  search: filled(question),
});

/** The answer with its reasons. */
export const explanationOf = (question: Question) =>
  queryOptions({ queryKey: ['explain', question], queryFn: () => explain(question), retry: false });

async function explain({ principal, permission, project, ip, time, agent, name }: Question): Promise<Explanation> {
  const { organization_id } = await session();
  const request = filled({ ip, user_agent: agent, time: isoTime(time) });
  return call('decisions.explain', {
    permission,
    ...(project === '' ? { organization_id } : { project_id: project }),
    ...(principal !== '' && { subject: { principal_id: principal } }),
    ...(Object.keys(request).length > 0 && { request }),
    ...(name !== '' && { resource: { name } }),
  });
}

/** The question in words of the command line. */
export const wordsOf = (question: Partial<Question>): ReadonlyMap<string, string> =>
  new Map([
    ['permission', question.permission ?? ''],
    ['principal-id', question.principal ?? ''],
    ['project-id', question.project ?? ''],
    ['request.ip', question.ip ?? ''],
    ['request.user-agent', question.agent ?? ''],
    ['request.time', isoTime(question.time ?? '')],
    ['resource.name', question.name ?? ''],
  ]);

const isoTime = (time: string): string =>
  time === '' || Number.isNaN(Date.parse(time)) ? '' : new Date(time).toISOString();
