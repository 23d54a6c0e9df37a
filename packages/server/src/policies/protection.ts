import { preconditionFailed } from '@bailiwick/contract';
import type { PolicyRow } from './store.ts';

/** @throws ApiError `precondition_failed` */
export function assertEditable({ editable }: PolicyRow): void {
  if (!editable) throw preconditionFailed('managed_resource', 'this policy cannot be changed');
}

/** @throws ApiError `precondition_failed` */
export function assertRulesEditable({ editable }: PolicyRow): void {
  if (!editable) throw preconditionFailed('managed_resource', 'the rules of this policy cannot be changed');
}

/** @throws ApiError `precondition_failed` */
export function assertDeletable({ deletable }: PolicyRow): void {
  if (!deletable) throw preconditionFailed('managed_resource', 'this policy cannot be deleted');
}
