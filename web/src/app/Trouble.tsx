/** What is shown instead of a page: it does not exist, it broke, or the server can't be reached. */
import { Button, Group } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { CallFailed } from "../fetch/result.ts";
import { EmptyState } from "../parts/EmptyState.tsx";
import { ErrorNote } from "../parts/ErrorNote.tsx";
import { TROUBLE } from "../texts/trouble.ts";

export function NotFoundPage() {
  return (
    <EmptyState title={TROUBLE.notFound.title} text={TROUBLE.notFound.text} heading={1}>
      <Button renderRoot={(props) => <Link {...props} to="/zones" />}>{TROUBLE.notFound.action}</Button>
    </EmptyState>
  );
}

export function TroublePage({ error, reset }: ErrorComponentProps) {
  if (error instanceof CallFailed) return <ErrorNote failure={error.failure} again={reset} />;
  return (
    <EmptyState title={TROUBLE.broken.title} text={TROUBLE.broken.text} heading={1}>
      <Group>
        <Button onClick={() => location.reload()}>{TROUBLE.broken.reload}</Button>
        <Button variant="default" onClick={reset}>
          {TROUBLE.broken.again}
        </Button>
      </Group>
      <code className="cs-mono">{String(error)}</code>
    </EmptyState>
  );
}

export function UnreachablePage({ message, again }: { readonly message: string; readonly again: () => void }) {
  return (
    <EmptyState title={TROUBLE.unreachable.title} text={`${message} ${TROUBLE.unreachable.text}`} heading={1}>
      <Button onClick={again}>{TROUBLE.unreachable.again}</Button>
    </EmptyState>
  );
}
