/** A failure where it happened: what went wrong, which field, what to do, and the request's id for the log. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Failure } from "../fetch/result.ts";
import { TROUBLE } from "../texts/trouble.ts";
import { Note } from "./Note.tsx";

export type ErrorNoteProps = {
  readonly failure: Failure;
  /** In plain words, what was tried: "The zone could not be deleted". */
  readonly title?: string;
  readonly again?: () => void;
  /** What to do about it. */
  readonly children?: ReactNode;
};

export function ErrorNote({ failure, title = TROUBLE.failed, again, children }: ErrorNoteProps) {
  const { all, reason, requestId } = failure;
  return (
    <Note tone="bad" title={title} role="alert">
      {all.length > 1 ? (
        <ul>
          {all.map(({ message, pointer }) => (
            <li key={`${pointer}${message}`}>
              {pointer === undefined ? null : `${TROUBLE.field(pointer)}: `}
              {message}
            </li>
          ))}
        </ul>
      ) : (
        <p>{failure.message}</p>
      )}
      {children}
      <small>
        {TROUBLE.code(reason)}
        {requestId === undefined ? null : ` · ${TROUBLE.request(requestId)}`}
      </small>
      {again === undefined ? null : (
        <div>
          <Button size="xs" variant="default" onClick={again}>
            {TROUBLE.again}
          </Button>
        </div>
      )}
    </Note>
  );
}
