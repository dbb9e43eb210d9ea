/** The fields of one key in both families, or in the one that the registrar's form has. */
import { ALGORITHM_NAMES, DIGEST_NAMES } from "virtual:contract";
import type { RegistrarForm, ZoneKey } from "#contract";
import { DS } from "../texts/ds-page.ts";
import { CopyField } from "./CopyField.tsx";
import classes from "./KeyFields.module.css";
import { readDnskey, readDs } from "./key-lines.ts";

export type KeyFieldsProps = {
  readonly zoneKey: ZoneKey;
  /** Undefined: no registrar is chosen, all fields are shown. */
  readonly form: RegistrarForm | undefined;
  readonly alone: boolean;
  /** Of the two titles; default 4. */
  readonly heading?: 3 | 4;
};

type Shown = { readonly ds: boolean; readonly dnskey: boolean };

const FAMILIES: Readonly<Record<RegistrarForm, Shown>> = {
  ds: { ds: true, dnskey: false },
  dnskey: { ds: false, dnskey: true },
  "dnskey-tag": { ds: false, dnskey: true },
  "tag-digest": { ds: true, dnskey: false },
  line: { ds: true, dnskey: true },
  "by-tld": { ds: true, dnskey: true },
  unknown: { ds: true, dnskey: true },
};

export function KeyFields({ zoneKey, form, alone, heading = 4 }: KeyFieldsProps) {
  const { ds: dsLine, dnskey: dnskeyLine } = zoneKey;
  const ds = dsLine === null ? undefined : readDs(dsLine);
  const key = readDnskey(dnskeyLine);
  if (!ds || dsLine === null || !key) return null;
  const Heading = `h${heading}` as const;
  const shown = FAMILIES[form ?? "unknown"];
  const { ds: dsWords, dnskey: keyWords } = DS.families;
  const algorithms = DS.also(ALGORITHM_NAMES[ds.algorithm] ?? []);
  const digestName = DIGEST_NAMES[ds.digestType];
  return (
    <div className={classes["families"]}>
      {shown.ds ? (
        <section className={classes["family"]}>
          <Heading>{alone ? dsWords.title : `${dsWords.title}, ${DS.key(ds.keyTag).toLowerCase()}`}</Heading>
          <p className={classes["dim"]}>{dsWords.lead}</p>
          <CopyField label={dsWords.tag} value={ds.keyTag} />
          <CopyField label={dsWords.algorithm} value={ds.algorithm} hint={algorithms} />
          <CopyField
            label={dsWords.digestType}
            value={ds.digestType}
            hint={digestName === undefined ? undefined : DS.also([digestName])}
          />
          <CopyField label={dsWords.digest} value={ds.digest} />
          <CopyField label={dsWords.line} value={dsLine} />
        </section>
      ) : null}
      {shown.dnskey ? (
        <section className={classes["family"]}>
          <Heading>{alone ? keyWords.title : `${keyWords.title}, ${DS.key(ds.keyTag).toLowerCase()}`}</Heading>
          <p className={classes["dim"]}>{keyWords.lead}</p>
          {form === "dnskey-tag" ? <CopyField label={dsWords.tag} value={ds.keyTag} /> : null}
          <CopyField label={keyWords.flags} value={key.flags} hint={keyWords.flagsHint} />
          <CopyField label={keyWords.protocol} value={key.protocol} />
          <CopyField label={keyWords.algorithm} value={key.algorithm} hint={algorithms} />
          <CopyField label={keyWords.key} value={key.publicKey} />
          <CopyField label={keyWords.line} value={dnskeyLine} />
        </section>
      ) : null}
    </div>
  );
}
