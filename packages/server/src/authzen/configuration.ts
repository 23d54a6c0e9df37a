import { contract } from '@bailiwick/contract';
import type { Handler } from '../context.ts';

/** Addresses as clients reach them. */
export const configuration: Handler<'authzen.configuration'> = async ({ settings }) => {
  const url = settings.publicUrl();
  const { evaluation, evaluations, searchSubject, searchResource, searchAction } = contract.authzen;
  return {
    policy_decision_point: url,
    access_evaluation_endpoint: `${url}${evaluation.path}`,
    access_evaluations_endpoint: `${url}${evaluations.path}`,
    search_subject_endpoint: `${url}${searchSubject.path}`,
    search_resource_endpoint: `${url}${searchResource.path}`,
    search_action_endpoint: `${url}${searchAction.path}`,
  };
};
