/** Words of the frame around the pages. */
export const SHELL = {
  product: "Countersign",
  page: "page",
  skip: "Skip to the page",
  navigation: "Main",
  openNavigation: "Open navigation",
  closeNavigation: "Close navigation",
  zones: "Zones",
  account: "Account",
  signIn: "Sign in",
  signOut: "Sign out",
  accountMenu: (email: string) => `Signed in as ${email}`,
  roles: { viewer: "Viewer: sees, changes nothing", operator: "Operator", admin: "Administrator" },
  scheme: { label: "Colours", auto: "As the system", light: "Light", dark: "Dark" },
  stream: {
    live: { word: "Live", hint: "Changes show by themselves." },
    connecting: { word: "Connecting…", hint: "The event stream is being opened." },
    waiting: { word: "Not live", hint: "The connection broke; it is tried again every few seconds." },
  },
} as const;
