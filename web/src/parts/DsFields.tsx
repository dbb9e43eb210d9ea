/** A DS record as registrars ask for it: four fields and the whole line, each to be copied. */
import { ALGORITHM_NAMES, DIGEST_NAMES } from "virtual:contract";
import { DS_TEXTS } from "../texts/ds.ts";
import { CopyField } from "./CopyField.tsx";
import classes from "./DsFields.module.css";

/** `example.com. 3600 IN DS 2371 13 2 C988…` */
export function DsFields({ line }: { readonly line: string }) {
  const [, keyTag, algorithm, digestType, digest] =
    /\sDS\s+(\d+)\s+(\d+)\s+(\d+)\s+([0-9A-Fa-f]+)$/.exec(line.trim()) ?? [];
  if (!keyTag || !algorithm || !digestType || !digest) return <CopyField label={DS_TEXTS.line} value={line} />;
  const algorithmName = ALGORITHM_NAMES[algorithm]?.[0];
  return (
    <div className={classes["fields"]}>
      <CopyField label={DS_TEXTS.keyTag} value={keyTag} />
      <CopyField label={DS_TEXTS.algorithm} value={algorithm} hint={algorithmName} />
      <CopyField label={DS_TEXTS.digestType} value={digestType} hint={DIGEST_NAMES[digestType]} />
      <div className={classes["wide"]}>
        <CopyField label={DS_TEXTS.digest} value={digest} />
      </div>
      <div className={classes["wide"]}>
        <CopyField label={DS_TEXTS.line} value={line} />
      </div>
    </div>
  );
}
