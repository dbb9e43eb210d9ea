/** Countersign's look: calm, dense, its own accent colour; text colours that keep 4.5 : 1 in light and dark. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#e3f6f8",
  "#cdeaee",
  "#9fd5dd",
  "#6ec0cc",
  "#48adbb",
  "#2f9fae",
  "#1a8494",
  "#0b7285",
  "#075a69",
  "#03424e",
];

/** Mantine's greys for dark, with the blue of our own surfaces. */
const dark: MantineColorsTuple = [
  "#d5dce2",
  "#b8c2cb",
  "#a5b1bc",
  "#6b7783",
  "#46525d",
  "#333e48",
  "#222a32",
  "#1b2229",
  "#14191e",
  "#0e1216",
];

/** Of dialogs and drawers; it may take two lines on a phone. */
const TITLE = { fontWeight: 650, fontSize: "1.1rem", lineHeight: 1.35, overflowWrap: "anywhere" } as const;

export const theme = createTheme({
  primaryColor: "accent",
  colors: { accent, dark },
  primaryShade: { light: 7, dark: 7 },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace',
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  fontSizes: { xs: "0.8rem", sm: "0.9rem", md: "1rem", lg: "1.125rem", xl: "1.25rem" },
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.6rem", lineHeight: "1.25" },
      h2: { fontSize: "1.15rem", lineHeight: "1.35" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  components: {
    Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true } } },
    // A dialog's heading is no banner of the page, though it is a <header>.
    ModalHeader: { defaultProps: { role: "presentation" } },
    Modal: {
      defaultProps: { centered: true, radius: "lg" },
      styles: { title: TITLE },
    },
    Drawer: { styles: { title: TITLE } },
  },
});

export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#17212b",
    "--mantine-color-dimmed": "#4c5966",
    "--mantine-color-placeholder": "#66727e",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-anchor": "#0b6577",
    "--mantine-color-default-border": "#c9d1d9",
    "--cs-page": "#f5f7f9",
    "--cs-card": "#ffffff",
    "--cs-line": "#dde3e8",
    "--cs-good": "#1a6b35",
    "--cs-good-soft": "#e4f5e9",
    "--cs-warn": "#835000",
    "--cs-warn-soft": "#fdf1d8",
    "--cs-bad": "#a3201a",
    "--cs-bad-soft": "#fde8e6",
    "--cs-info": "#0b5a6b",
    "--cs-info-soft": "#e3f3f6",
    "--cs-quiet": "#4c5966",
    "--cs-quiet-soft": "#eceff2",
  },
  dark: {
    "--mantine-color-body": "#14191e",
    "--mantine-color-text": "#e4e9ed",
    "--mantine-color-dimmed": "#a5b1bc",
    "--mantine-color-placeholder": "#8f9ca8",
    "--mantine-color-error": "#ff9a92",
    "--mantine-color-anchor": "#6ec9d6",
    "--mantine-color-default": "#20272e",
    "--mantine-color-default-hover": "#29323a",
    "--mantine-color-default-border": "#46525d",
    "--cs-page": "#14191e",
    "--cs-card": "#1b2229",
    "--cs-line": "#2f3942",
    "--cs-good": "#7ed99a",
    "--cs-good-soft": "#17301f",
    "--cs-warn": "#f3c067",
    "--cs-warn-soft": "#352711",
    "--cs-bad": "#ff9a92",
    "--cs-bad-soft": "#3b1a18",
    "--cs-info": "#7fd0de",
    "--cs-info-soft": "#13313a",
    "--cs-quiet": "#a5b1bc",
    "--cs-quiet-soft": "#262e36",
  },
});
