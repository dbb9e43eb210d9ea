/** A suite of plays (between.ts): on a stage of their own, each of its steps cut. */
import { afterAll, beforeAll, describe, test } from "vitest";
import { missingPrograms } from "../peers/index.ts";
import { type Play, playAll } from "./between.ts";
import { Stage } from "./stage.ts";

type Suite = {
  /** Other people's, without which it is left out. */
  readonly programs: readonly string[];
  /** What holds after every cut. */
  readonly sentence: string;
  readonly plays: readonly Play[];
  /** More environment for the product; what is started for it is stopped by `close`. */
  readonly surroundings?: () => Promise<{
    readonly env: Readonly<Record<string, string>>;
    readonly close: () => Promise<void>;
  }>;
};

export function describePlays(title: string, { programs, sentence, plays, surroundings }: Suite): void {
  describe.skipIf(missingPrograms(...programs).length > 0)(title, () => {
    const stage = new Stage();
    let close: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      const around = await surroundings?.();
      close = around?.close;
      await stage.open(around?.env);
    });
    afterAll(async () => {
      await stage.close();
      await close?.();
    });

    test(sentence, { timeout: 600_000 }, () => playAll(stage, plays));
  });
}
