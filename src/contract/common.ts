/** Pieces that several resources share: identifiers, addresses, the paging of lists. */
import { z } from "zod";

/** 32 lower-case hex digits, never reused. Clients may send longer or odd ones: they are simply not found. */
export const Id = z.string().min(1).max(64);

export const NAME_MAX = 255;

export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  per_page: z.coerce.number().int().min(1).max(1_000_000).optional(),
});

export const Deleted = z.object({ id: Id }).meta({ id: "Deleted" });
export type Deleted = z.infer<typeof Deleted>;
