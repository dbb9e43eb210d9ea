/** Short ways to make the service's outcomes. */
import type { ControlError, ErrorCode, Outcome } from "#contract";

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(code: ErrorCode, about?: string, pointer?: string): { ok: false; error: ControlError } {
  return { ok: false, error: { code, about, pointer } };
}
