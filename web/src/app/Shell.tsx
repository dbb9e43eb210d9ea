/** The frame around every page: skip link, header, navigation (a drawer on small screens), the page itself. Without a session: the sign-in page. */

import { PROVIDER_RETURN_PATH } from "virtual:contract";
import { AppShell, Burger, Group, NavLink, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { lazy, type RefObject, Suspense, useEffect, useLayoutEffect, useRef } from "react";
import { SessionContext, useSession } from "../fetch/context.ts";
import { Icon } from "../parts/Icon.tsx";
import { Loading } from "../parts/Loading.tsx";
import { NavigatedContext } from "../parts/navigated.ts";
import { SHELL } from "../texts/shell.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import { FirstUserNote } from "./FirstUserNote.tsx";
import { NAVIGATION } from "./navigation.ts";
import { SchemeSwitch } from "./SchemeSwitch.tsx";
import classes from "./Shell.module.css";
import { StreamLight } from "./StreamLight.tsx";
import { UnreachablePage } from "./Trouble.tsx";

const ReturnPage = lazy(() => import("../pages/sign-in/ReturnPage.tsx").then((page) => ({ default: page.ReturnPage })));
const SignInPage = lazy(() => import("../pages/sign-in/SignInPage.tsx").then((page) => ({ default: page.SignInPage })));
const SignInAgain = lazy(() =>
  import("../pages/sign-in/SignInAgain.tsx").then((page) => ({ default: page.SignInAgain })),
);

export function Shell() {
  const control = useSession();
  const { state, checkAgain } = control;
  const isReturn = useLocation({ select: ({ pathname }) => pathname === PROVIDER_RETURN_PATH });
  useOutlineUntil(state.kind !== "checking");
  // The outline of the first page (index.html) is there until it is known who is here.
  if (state.kind === "checking") return null;
  if (state.kind === "unreachable") return <UnreachablePage message={state.message} again={checkAgain} />;
  if (isReturn) {
    return (
      <Suspense fallback={<Loading what={SHELL.signIn} />}>
        <ReturnPage />
      </Suspense>
    );
  }
  const ended = state.kind === "out" ? state.ended : undefined;
  if (state.kind === "out" && ended === undefined) {
    return (
      <Suspense fallback={<Loading what={SHELL.signIn} />}>
        <SignInPage {...state} />
      </Suspense>
    );
  }
  const shown = ended ? { ...control, state: { kind: "in", session: ended } as const } : control;
  return (
    <>
      <SessionContext value={shown}>
        <Frame key={shown.state.kind === "in" ? shown.state.session.user.email : ""} />
      </SessionContext>
      <Suspense>{ended ? <SignInAgain /> : null}</Suspense>
    </>
  );
}

function useOutlineUntil(isKnown: boolean): void {
  useLayoutEffect(() => {
    if (isKnown) document.getElementById("outline")?.remove();
  }, [isKnown]);
}

function Frame() {
  const [opened, { toggle, close }] = useDisclosure();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const navigated = useNavigatedFrom(path);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes whenever another page comes.
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: "md", collapsed: { mobile: !opened } }}
      padding={0}
      classNames={{ header: classes["header"], navbar: classes["navbar"], main: classes["main"] }}
    >
      <a href="#main" className="cs-skip">
        {SHELL.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="md"
            size="sm"
            aria-label={opened ? SHELL.closeNavigation : SHELL.openNavigation}
            aria-expanded={opened}
            aria-controls="navigation"
          />
          <Link to="/zones" className={classes["brand"]}>
            <img src="/icon.svg" alt="" width={26} height={26} />
            <span>{SHELL.product}</span>
          </Link>
          <Group gap={4} ml="auto" wrap="nowrap">
            <StreamLight />
            <SchemeSwitch />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar id="navigation" aria-label={SHELL.navigation} p="sm">
        <Navigation path={path} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <div className={classes["page"]}>
          <Suspense fallback={<Loading what={SHELL.page} />}>
            <NavigatedContext value={navigated}>
              <FirstUserNote />
              <Outlet />
            </NavigatedContext>
          </Suspense>
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

/** True from the first change of the path on. */
function useNavigatedFrom(path: string): RefObject<boolean> {
  const navigated = useRef(false);
  const before = useRef(path);
  if (before.current !== path) navigated.current = true;
  return navigated;
}

function Navigation({ path }: { readonly path: string }) {
  return NAVIGATION.filter(({ entries }) => entries.length > 0).map(({ label, entries }) => (
    <div key={label ?? ""} className={classes["group"]}>
      {label === undefined ? null : (
        <Text component="h2" className={classes["groupLabel"]}>
          {label}
        </Text>
      )}
      {entries.map((entry) => {
        const here = path === entry.to || path.startsWith(`${entry.to}/`);
        return (
          <NavLink
            key={entry.to}
            renderRoot={(props) => <Link {...props} to={entry.to} />}
            label={entry.label}
            leftSection={<Icon name={entry.icon} />}
            active={here}
            aria-current={here ? "page" : undefined}
            className={classes["link"]}
          />
        );
      })}
    </div>
  ));
}
