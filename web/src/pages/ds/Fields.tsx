/** The fields of one key in both families, or in the one that the registrar's form has. */
import { ALGORITHM_NAMES, DIGEST_NAMES } from "virtual:contract";
import type { RegistrarForm, ZoneKey } from "#contract";
import { CopyField } from "../../parts/CopyField.tsx";
import { readDnskey, readDs } from "../../parts/key-lines.ts";
import { DS } from "../../texts/ds-page.ts";
import classes from "./DsPage.module.css";

export type FieldsProps = {
  readonly zoneKey: ZoneKey;
  /** Undefined: no registrar is chosen, all fields are shown. */
  readonly form: RegistrarForm | undefined;
  readonly alone: boolean;
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

export function Fields({ zoneKey, form, alone }: FieldsProps) {
  const { ds: dsLine, dnskey: dnskeyLine } = zoneKey;
  const ds = dsLine === null ? undefined : readDs(dsLine);
  const key = readDnskey(dnskeyLine);
  if (!ds || dsLine === null || !key) return null;
  const shown = FAMILIES[form ?? "unknown"];
  const { ds: dsWords, dnskey: keyWords } = DS.families;
  const algorithms = DS.also(ALGORITHM_NAMES[ds.algorithm] ?? []);
  const digestName = DIGEST_NAMES[ds.digestType];
  return (
    <div className={classes["families"]}>
      {shown.ds ? (
        <section className={classes["family"]}>
          <h4>{alone ? dsWords.title : `${dsWords.title}, ${DS.key(ds.keyTag).toLowerCase()}`}</h4>
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
          <h4>{alone ? keyWords.title : `${keyWords.title}, ${DS.key(ds.keyTag).toLowerCase()}`}</h4>
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
