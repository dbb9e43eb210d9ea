/** Who is signed in, and the way out. */
import { ActionIcon, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useSession } from "../fetch/context.ts";
import { Icon } from "../parts/Icon.tsx";
import { SHELL } from "../texts/shell.ts";

export function AccountMenu() {
  const { state, signOut } = useSession();
  if (state.kind !== "in") return null;
  const { user } = state.session;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={SHELL.accountMenu(user.email)}>
          <Icon name="person" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.name || user.email}
          <br />
          {SHELL.roles[user.role]}
        </Menu.Label>
        <Menu.Item component={Link} to="/account/me" leftSection={<Icon name="gear" />}>
          {SHELL.me}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="leave" />} onClick={() => void signOut()}>
          {SHELL.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
