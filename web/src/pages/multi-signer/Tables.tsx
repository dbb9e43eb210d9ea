/** What is seen of each signer: keys, DS, name servers; each with where it is and where it is missing. */
import type { ReactNode } from "react";
import type { MultiSigner } from "#contract";
import { Card } from "../../parts/Card.tsx";
import { CopyField } from "../../parts/CopyField.tsx";
import { DataTable } from "../../parts/DataTable.tsx";
import { Note } from "../../parts/Note.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { MULTI_SIGNER } from "../../texts/multi-signer.ts";
import classes from "./MultiSigner.module.css";

export function KeyTable({ keys }: { readonly keys: MultiSigner["keys"] }) {
  const words = MULTI_SIGNER.keys;
  return (
    <Card title={words.title} order={3}>
      {keys.length === 0 ? (
        <p className={classes["detail"]}>{words.none}</p>
      ) : (
        <SeenTable
          label={words.title}
          heads={[words.key, words.whose, words.served, words.transferred]}
          rows={keys.map((key) => [
            key.line,
            `${words.roles[key.role]} ${key.key_tag}`,
            words[key.whose],
            <Seen key="served" seen={key.served} />,
            key.whose === "ours" && key.role === "ksk" && !key.transferred ? (
              <StateBadge key="transferred" tone="quiet" icon="info">
                {words.notNeeded}
              </StateBadge>
            ) : (
              <Seen key="transferred" seen={key.transferred} />
            ),
          ])}
        />
      )}
    </Card>
  );
}

export function DsTable({ ds, strange }: { readonly ds: MultiSigner["ds"]; readonly strange: readonly string[] }) {
  const words = MULTI_SIGNER.ds;
  return (
    <Card title={words.title} order={3}>
      {ds.length === 0 ? <p className={classes["detail"]}>{words.none}</p> : null}
      <div className={classes["list"]}>
        {ds.map(({ line, whose, key_tag: tag, at_parent: atParent }) => (
          <div key={line} className={classes["ds"]}>
            <span>
              {words.atParent}: <Seen seen={atParent} />
            </span>
            <CopyField label={`${words.record} ${tag}, ${MULTI_SIGNER.keys[whose]}`} value={line} />
          </div>
        ))}
        {strange.map((line) => (
          <Note key={line} tone="bad" title={MULTI_SIGNER.strange}>
            <p className="cs-mono">{line}</p>
          </Note>
        ))}
      </div>
    </Card>
  );
}

export function NameServerTable({ names }: { readonly names: MultiSigner["name_servers"] }) {
  const words = MULTI_SIGNER.names;
  return (
    <Card title={words.title} order={3}>
      {names.length === 0 ? (
        <p className={classes["detail"]}>{words.none}</p>
      ) : (
        <SeenTable
          label={words.title}
          heads={[words.name, MULTI_SIGNER.keys.whose, words.inZone, words.atParent]}
          rows={names.map((each) => [
            each.name,
            <span key="name" className="cs-mono">
              {each.name}
            </span>,
            MULTI_SIGNER.keys[each.whose],
            <Seen key="zone" seen={each.in_zone} />,
            <Seen key="parent" seen={each.at_parent} />,
          ])}
        />
      )}
    </Card>
  );
}

type SeenTableProps = {
  readonly label: string;
  readonly heads: readonly string[];
  /** A key, then the cells. */
  readonly rows: readonly (readonly [key: string, ...cells: ReactNode[]])[];
};

function SeenTable({ label, heads, rows }: SeenTableProps) {
  return (
    <DataTable
      label={label}
      columns={heads.map((head, i) => ({
        head,
        cell: ({ cells }: { readonly cells: readonly ReactNode[] }) => cells[i],
      }))}
      rows={rows.map(([id, ...cells]) => ({ id, cells }))}
    />
  );
}

function Seen({ seen }: { readonly seen: boolean | null }) {
  if (seen === null) return <StateBadge tone="quiet">{MULTI_SIGNER.unknown}</StateBadge>;
  return seen ? (
    <StateBadge tone="good">{MULTI_SIGNER.yes}</StateBadge>
  ) : (
    <StateBadge tone="warn" icon="cross">
      {MULTI_SIGNER.no}
    </StateBadge>
  );
}
