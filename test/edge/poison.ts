/** A fault where there must be none: the way through supervision is tested with the real workers. */
import { Answerer } from "#answer";
import { toLatin1 } from "#bytes";

export function poisonAnswerer(): void {
  const { answer } = Answerer.prototype;
  Answerer.prototype.answer = function (query, length, reply, about) {
    if (toLatin1(query, 0, length).includes("poison")) throw new Error("poisoned");
    return answer.call(this, query, length, reply, about);
  };
}
