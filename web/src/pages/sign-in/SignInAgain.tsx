/** Over a page whose session ended: the page stays below, with all that was typed in it. */
import { Modal } from "@mantine/core";
import { Note } from "../../parts/Note.tsx";
import { SIGN_IN } from "../../texts/sign-in.ts";
import classes from "./SignInPage.module.css";
import { SignInWays } from "./SignInWays.tsx";

const ABOVE_ALL = 1000;

export function SignInAgain() {
  return (
    <Modal
      opened
      fullScreen
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={SIGN_IN.title}
      zIndex={ABOVE_ALL}
      // Escape is not for a dialog below, which would go with what was typed in it.
      onFocusCapture={({ target }) => target.setAttribute("data-mantine-stop-propagation", "true")}
    >
      <div className={classes["again"]}>
        <Note tone="info">{SIGN_IN.ended}</Note>
        <SignInWays />
      </div>
    </Modal>
  );
}
