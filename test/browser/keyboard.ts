/** A page used by keys alone: where the focus is, whether it can be seen, and the way to a thing by Tab. */
import type { Page } from "playwright-core";

/** More presses than any page needs from its top to its end. */
const MAX_TABS = 90;
const MAX_CHOICES = 20;

/** What a screen reader would say of it. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return "";
    const labels = (element as HTMLInputElement).labels;
    const said = element.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? element.textContent;
    return said?.trim() ?? "";
  });
}

/** Whether somebody who looks sees where the focus is: an outline, a ring or a border that is there because of it. */
export function focusIsSeen(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const element = document.activeElement as HTMLElement | null;
    if (element === null || element === document.body) return false;
    const look = (one: Element) => {
      const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(one);
      return `${outlineStyle === "none" ? "0" : outlineWidth} ${boxShadow} ${borderColor}`;
    };
    // Radios and checkboxes draw the ring on what stands for them beside.
    const drawn = [element, element.nextElementSibling, element.parentElement].filter((one) => one !== null);
    const settled = async () => {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      await Promise.allSettled(drawn.flatMap((one) => one.getAnimations()).map(({ finished }) => finished));
    };
    await settled();
    const before = drawn.map(look);
    element.blur();
    await settled();
    const without = drawn.map(look);
    element.focus({ preventScroll: true, focusVisible: true } as FocusOptions);
    return before.some((each, i) => each !== without[i]);
  });
}

/** Tab until the focus is on what is called so. Throws when it is nowhere, or when one can't see it there. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < MAX_TABS; presses++) {
    await page.keyboard.press("Tab");
    if (!name.test(await focusedName(page))) continue;
    if (!(await focusIsSeen(page))) throw new Error(`the focus on ${name} can't be seen`);
    return;
  }
  throw new Error(`no ${name} in ${MAX_TABS} presses of Tab; the focus is on ${await focusedName(page)}`);
}

/** A choice among radio buttons: Tab into the group whose first is `first`, arrows to the wanted one. */
export async function choose(page: Page, first: RegExp, wanted: RegExp): Promise<void> {
  await tabTo(page, first);
  await page.keyboard.press("Space");
  for (let presses = 0; presses < MAX_CHOICES; presses++) {
    if (wanted.test(await focusedName(page))) return;
    await page.keyboard.press("ArrowDown");
  }
  throw new Error(`no ${wanted} behind ${first}; the focus is on ${await focusedName(page)}`);
}

export async function pressOn(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}

export async function typeInto(page: Page, name: RegExp, text: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}
