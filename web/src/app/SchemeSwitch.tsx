/** Light, dark, or as the system has it. */
import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { Icon } from "../parts/Icon.tsx";
import { SHELL } from "../texts/shell.ts";

const SCHEMES = ["auto", "light", "dark"] as const;

export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={SHELL.scheme.label}>
          <Icon name="contrast" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}>
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme} closeMenuOnClick>
              {SHELL.scheme[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
