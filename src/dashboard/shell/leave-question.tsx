import { useSyncExternalStore } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { onQuestion, questionNow } from './unsaved-work.ts';

/** Asks before what somebody has typed is thrown away. */
export function LeaveQuestion() {
  const question = useSyncExternalStore(onQuestion, questionNow);
  if (question === null) return null;
  const { what, answer } = question;
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && answer(false)}>
      <Modal className="modal">
        <Dialog role="alertdialog" className="modal-body">
          <Heading slot="title">Discard what you have typed?</Heading>
          <p>{what} is not saved.</p>
          <div className="actions">
            <Button className="button button-bad" onPress={() => answer(true)}>
              Discard it
            </Button>
            <Button className="button" autoFocus onPress={() => answer(false)}>
              Keep editing
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
