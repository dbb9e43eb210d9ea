/** What is wrong with a field, said at the field. */
import { printNumber } from "./common.ts";

export const FORM = {
  missing: "Fill this in.",
  noEmail: "Write an email address, such as ann@example.com.",
  noAddress: "Write a whole web address, such as https://hooks.example.com/path.",
  noDate: "Write a whole date, or leave it empty.",
  noNumber: "Write a number.",
  tooShort: (least: number, are: number) => `At least ${least} characters; there are ${are}.`,
  below: (least: number) => `Write ${printNumber(least)} or a larger number.`,
  outside: (least: number, most: number) => `Write a number from ${printNumber(least)} to ${printNumber(most)}.`,
} as const;
