import { useSyncExternalStore } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { onQuestion, questionNow } from './unsaved-work.ts';

/** Asks before unsaved input is discarded. */
export function LeaveQuestion() {
  const question = useSyncExternalStore(onQuestion, questionNow);
  if (question === null) return null;
  const { what, answer } = question;
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && answer(false)}>
      <Modal className="modal">
        <Dialog role="alertdialog" className="modal-body">
          <Heading slot="title">Discard unsaved input?</Heading>
          <p>{what} is not saved.</p>
          <div className="actions">
            <Button className="button button-bad" onPress={() => answer(true)}>
              Discard
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
