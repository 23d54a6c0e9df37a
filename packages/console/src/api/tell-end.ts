import { modals } from '@mantine/modals';
import { texts } from '../texts.ts';
import { signIn } from './session.ts';

/** Says that the session is over, and leaves what is on the page to be looked at until its reader signs in again. */
export function tellEnd(): void {
  modals.openConfirmModal({
    modalId: 'session-end',
    title: texts.session.ended,
    children: texts.session.why,
    labels: { confirm: texts.session.again, cancel: texts.session.stay },
    onConfirm: signIn,
  });
}
