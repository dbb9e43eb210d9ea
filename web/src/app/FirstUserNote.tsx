/** After signing in by the admin token while nobody has a user: says so, and leads to where one is made. */
import { Button, Group } from "@mantine/core";
import { useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "../fetch/context.ts";
import { Note } from "../parts/Note.tsx";
import { ButtonLink } from "../parts/TextLink.tsx";
import { USERS } from "../texts/people.ts";
import classes from "./FirstUserNote.module.css";

const USERS_PATH = "/account/users";

export function FirstUserNote() {
  const { state } = useSession();
  const [later, setLater] = useState(false);
  // The page of the users says it itself.
  const isThere = useLocation({ select: ({ pathname }) => pathname === USERS_PATH });
  if (state.kind !== "in" || state.wantsFirstUser !== true || later || isThere) return null;
  return (
    <div className={classes["note"]}>
      <Note tone="info" title={USERS.first.title}>
        <p>{USERS.first.text}</p>
        <Group gap="xs">
          <ButtonLink size="xs" to={USERS_PATH} onClick={() => setLater(true)}>
            {USERS.first.action}
          </ButtonLink>
          <Button size="xs" variant="default" onClick={() => setLater(true)}>
            {USERS.first.later}
          </Button>
        </Group>
      </Note>
    </div>
  );
}
